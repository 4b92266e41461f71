export { componentsOf, isConnected } from "./graph/components.js";
export {
  degreeOf,
  edgeLabel,
  edgesOf,
  GRAPH_LIMITS,
  graphOf,
  neighboursOf,
  permuted,
  type Edge,
  type Graph,
  type GraphParts,
} from "./graph/graph.js";

// data, generators, formats, render
export { GRAPH_SET_NAMES, GRAPH_SETS, type GraphSetDescription, type GraphSetName } from "./data/graph-sets.js";
export {
  MOLECULE_SET_NAMES,
  MOLECULE_SETS,
  splitOfQm9,
  splitOfZinc,
  type MoleculeSetDescription,
  type MoleculeSetName,
  type MoleculeSplit,
} from "./data/molecule-sets.js";
export { withShuffledNodes } from "./data/node-order.js";
export { splitByClass, type GraphSplit, type SplitOptions } from "./data/split.js";
export {
  fromGraphology,
  toGraphology,
  type FromGraphologyOptions,
  type GraphologyGraph,
  type LabelAttributes,
  type NamedGraph,
} from "./graph/graphology.js";
export type { BlockModelRecipe } from "./generators/block-model.js";
export type { CommunityRecipe } from "./generators/community.js";
export { GENERATOR_LIMITS, type SizeRange } from "./generators/draws.js";
export {
  generateGraph,
  generateGraphs,
  GRAPH_KINDS,
  type GenerateOptions,
  type GraphKind,
  type GraphRecipe,
} from "./generators/generate-graphs.js";
export type { GridRecipe } from "./generators/grid.js";
export type { LobsterRecipe } from "./generators/lobster.js";
export type { PlanarRecipe } from "./generators/planar.js";
export type { TreeRecipe } from "./generators/tree.js";
export { edgeListText, readEdgeList } from "./formats/edge-list.js";
export { FORMAT_LIMITS } from "./formats/file-error.js";
export { gexfText, readGexf } from "./formats/gexf.js";
export {
  graphLinesText,
  readGraphLines,
  type GraphLines,
  type GraphLinesOptions,
  type GraphRecord,
  type SkippedLine,
} from "./formats/graph-lines.js";
export { graphmlText, readGraphml } from "./formats/graphml.js";
export { graphGridSvg, graphSvg, type GraphGridOptions, type NodeColouring } from "./render/graph-grid.js";
export { DRAWING_LIMITS } from "./render/page.js";
export { scaleStripSvg, type ScaleLevel, type ScaleStripOptions } from "./render/scale-strip.js";
// metrics
export { graphKey } from "./graph/colour-refinement.js";
export { gridGraph, isGrid, type GridShape } from "./graph/grid-graph.js";
export { areIsomorphic, findIsomorphism, type Isomorphism, type IsomorphismOptions } from "./graph/isomorphism.js";
export {
  isomorphismClasses,
  isomorphismIndex,
  type IndexMatch,
  type IsomorphismClasses,
  type IsomorphismIndex,
} from "./graph/isomorphism-index.js";
export { orbitCounts } from "./graph/orbit-counts.js";
export { isPlanar } from "./graph/planarity.js";
export { isLobster, isTree } from "./graph/tree.js";
export { fitGraphMetrics, type GraphDistances, type GraphMetrics } from "./metrics/graph-metrics.js";
export type { GraphStatistic } from "./metrics/descriptors.js";
export type { KernelSet } from "./metrics/kernels.js";
export { classifierDiscrepancy, type ClassifierDiscrepancy } from "./metrics/classifier-discrepancy.js";
export { distanceRatio, type DistanceRatio } from "./metrics/distance-ratio.js";
export {
  evaluateGraphs,
  fitGraphEvaluation,
  type EvaluateGraphsOptions,
  type GraphEvaluation,
  type GraphFloors,
  type GraphReference,
  type GraphReport,
  type SetSize,
  type Spread,
} from "./metrics/evaluate-graphs.js";
export { sbmAcceptance, type SbmAcceptance } from "./metrics/sbm-acceptance.js";
export { shareOf, type Share } from "./metrics/share.js";
export {
  uniqueNovel,
  validUniqueNovel,
  type UniqueNovelReport,
  type VunOptions,
  type VunReport,
} from "./metrics/valid-unique-novel.js";

// models
export {
  graphModelSchema,
  graphTrainingSchema,
  refinerSchema,
  type GraphModelConfig,
  type GraphTrainingConfig,
  type RefinerConfig,
} from "./config/config.js";
export { GRAPH_PRESETS, type GraphPreset, type GraphPresetName } from "./config/presets.js";
export { graphModelKind } from "./model/checkpoint-kind.js";
export { createGraphModel, type CreateGraphModelOptions, type GraphModelContent } from "./model/create-graph-model.js";
export type {
  GraphLevel,
  GraphModel,
  GraphSample,
  GraphSampleRequest,
  GraphScore,
  GraphScoreRequest,
} from "./model/graph-model.js";
export { requireGraphFor } from "./model/requirements.js";
export { fitFoundations, type Foundations } from "./training/foundations.js";
export { refinerStage, type RefinerStageInputs } from "./training/refiner-stage.js";
export type { Substeps, SubstepPlan } from "./sampling/reveal-order.js";
export { hierarchyOf, type Hierarchy } from "./pyramid/hierarchy.js";
export type { LabelCounts } from "./pyramid/level.js";
export type { Coding } from "./codes/encode-graph.js";
export type { SplitCodes } from "./codes/split-codes.js";
export type { Patterns } from "./pyramid/patterns.js";
export type { Formula } from "./pyramid/formula.js";
export type { LevelSize } from "./training/capacities.js";
export type { GraphSource } from "./graph/packed-graphs.js";
export { drawKeys, type Keys } from "./pyramid/keys.js";
export type { Level } from "./pyramid/level.js";
// molecule
export { MOLECULE_LIMITS, type Chemistry } from "./molecule/chemistry.js";
export { type DistancesMetric, fitDistances, type MoleculeDistances } from "./molecule/distances.js";
export {
  evaluateMolecules,
  fitMoleculeMetrics,
  sharesOf,
  type MoleculeMetrics,
  type MoleculeReference,
  type MoleculeReport,
  type MoleculeShares,
} from "./molecule/evaluate.js";
export {
  fingerprintsOf,
  forEachSimilarityRow,
  selectFingerprints,
  type Fingerprints,
} from "./molecule/fingerprints.js";
export {
  fitFrechetDescriptors,
  fitFrechetMorgan,
  type DescriptorFrechetMetric,
  type DescriptorShifts,
  type MoleculeFrechetMetric,
} from "./molecule/frechet-molecules.js";
export { GRID_LIMITS, moleculeGridSvg, type MoleculeGridOptions } from "./molecule/grid-svg.js";
export { fitKlScore, type KlMetric, type KlScore } from "./molecule/kl-score.js";
export {
  BOND_ORDERS,
  moleculeGraph,
  moleculeParts,
  remainingValences,
  type MoleculeParts,
} from "./molecule/molecule.js";
export { openChemistry, type OpenChemistryOptions } from "./molecule/open-chemistry.js";
export { profileOf, selectProfile, type MoleculeProfile } from "./molecule/profile.js";
export { DESCRIPTORS, type DescriptorName } from "./molecule/rdkit/descriptors.js";
export { valuesOf, type InvalidReason, type Outcome } from "./molecule/rdkit/question.js";
export { type WasmSource } from "./molecule/rdkit/session.js";
export { scaffoldSimilarity } from "./molecule/scaffold-similarity.js";
export { murckoScaffold, scaffolds } from "./molecule/scaffold.js";
export { readSdf, SDF_LIMITS, sdfText, type SdfRecord, type SdfRecordAt } from "./molecule/sdf.js";
export {
  fitSimilarity,
  innerSimilarity,
  type InnerSimilarity,
  type SimilarityMetric,
  type SimilarityScore,
} from "./molecule/similarity.js";
export {
  parseSmilesLines,
  readSmilesLines,
  SMILES_TEXT_LIMITS,
  smilesText,
  type ParsedMolecules,
  type ParseOptions,
  type SmilesLine,
} from "./molecule/smiles-lines.js";
export {
  CHARGES,
  elementOf,
  ELEMENTS,
  implicitHydrogens,
  largestValence,
  valencesOf,
  type AtomType,
  type ElementSymbol,
} from "./molecule/valence.js";
export { watchedChemistry, type WatchOptions } from "./molecule/watched-chemistry.js";
export {
  atomName,
  moleculeVocabularySchema,
  parseVocabulary,
  vocabularyOf,
  type MoleculeVocabulary,
} from "./molecule/vocabulary.js";
