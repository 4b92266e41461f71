export { findCheckpoint, readCheckpoint, recordMetrics, writeCheckpoint } from "./checkpoint-folder.js";
export { readReceipt, receiptPathOf, writeReceipt } from "./receipt-file.js";
export { runStage, type StageProgress, type StageResult, type TrainingRun } from "./run-stage.js";
export { trainingCheckpoint, type TrainingCheckpoint } from "./training-checkpoint.js";
export { prepareTraining, type TrainingStart } from "./training-folders.js";
