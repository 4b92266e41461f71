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
export { fitFrechetDescriptors, fitFrechetMorgan, type MoleculeFrechetMetric } from "./molecule/frechet-molecules.js";
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
export { type InvalidReason, type Outcome } from "./molecule/rdkit/question.js";
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
export {
  atomName,
  moleculeVocabularySchema,
  parseVocabulary,
  vocabularyOf,
  type MoleculeVocabulary,
} from "./molecule/vocabulary.js";
export { shareOf, type Share } from "./molecule/wilson.js";
