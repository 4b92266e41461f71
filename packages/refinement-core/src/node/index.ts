export { findCheckpoint, readCheckpoint, writeCheckpoint } from "./checkpoint-folder.js";
export { readReceipt, receiptPathOf, writeReceipt } from "./receipt-file.js";
export { trainingCheckpoint, type TrainingCheckpoint } from "./training-checkpoint.js";
