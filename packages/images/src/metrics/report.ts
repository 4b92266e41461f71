import type {
  CalibrationScore,
  CodeLikelihood,
  DensityCoverageScore,
  FrechetScore,
  KernelDistanceScore,
  MemorisationScore,
  PsnrScore,
} from "@nextscale/refinement-core";
import type { PixelFloors } from "./pixel-floors.js";

/** Everything `evaluateImages` measures: plain data, which JSON keeps as it is. */
export interface ImageReport {
  readonly model: {
    readonly hash: string;
    readonly engine: string;
    /** Side of the grid of each scale. */
    readonly scales: readonly number[];
    /** Codes of one image. */
    readonly tokens: number;
    readonly vocabulary: number;
  };
  readonly data: { readonly train: DataReport; readonly test: DataReport };
  readonly featureNetwork: {
    readonly hash: string;
    /** Share of the test images whose class it names; absent without labels. */
    readonly testAccuracy?: number;
  };
  readonly seed: number;
  readonly tokeniser: TokeniserReport;
  readonly likelihood: LikelihoodReport;
  /** Real images in the place of samples. */
  readonly floors: {
    /** As many training images as there are samples, chosen at random, against the test images. */
    readonly subset: SetScore;
    /** All training images against the test images. */
    readonly all: DistanceScore;
  };
  readonly unguided: SampleReport;
  /** Absent for an unconditional model. */
  readonly guided?: SampleReport;
  /** Wall time of the whole evaluation. */
  readonly seconds: number;
}

/** One data set. */
export interface DataReport {
  readonly name: string;
  readonly sha256: string;
  readonly count: number;
}

/** How well codes keep images. Errors are those of test images against their reconstructions. */
export interface TokeniserReport extends PsnrScore {
  /** Fréchet LeNet distance of the reconstructed to the original test images. */
  readonly frechet: number;
  /** Mean squared errors of predictors without a tokeniser. */
  readonly floors: {
    /** The mean training image for every image. */
    readonly meanImage: number;
    /** The best linear reconstruction from so many real numbers (principal components of training images). */
    readonly linear: { readonly numbers: number; readonly meanSquaredError: number };
  };
  /** Use of the codes on the training images, coarsest first. */
  readonly scales: readonly CodebookUse[];
}

/** How much of a scale's codebook is in use. */
export interface CodebookUse {
  readonly sites: number;
  /** Share of the codes that occur at least 0.08 times as often as if all were used alike (VAR's margin). */
  readonly usage: number;
  /** exp of the entropy of the codes' frequencies: how many equally frequent codes would be as rich. */
  readonly perplexity: number;
  /** Codes that do not occur at all. */
  readonly dead: number;
}

/** What images cost. */
export interface LikelihoodReport {
  /** Exact, of the codes of the test images; given the class of each where the model has classes. */
  readonly codes: CodeLikelihood;
  /** Nats per image to send the class, by its frequency among training images; 0 for a model without classes. */
  readonly labelNats: number;
  /**
   * Bits per dimension of the test images when class, codes and then pixels are sent: an upper bound of
   * −log₂ p(image)/D. The pixels are sent under a distribution around the decoded image that is fitted on training images.
   */
  readonly twoPartBits: {
    /** A discretised logistic density of one scale for all pixels. */
    readonly logistic: number;
    /** Frequencies of the levels given the decoded value. */
    readonly histogram: number;
  };
  /** Nats per image when each pixel is only dark or bright (threshold ½), class and codes included. */
  readonly binaryNats: number;
  readonly floors: PixelFloors;
  /** Of the code probabilities of each scale. */
  readonly calibration: readonly CalibrationScore[];
}

/** Distances that need nothing but moments. */
export interface DistanceScore {
  readonly count: number;
  /** Fréchet LeNet distance to the test images. */
  readonly frechet: FrechetScore;
  /** Fréchet distance to the test images along the 64 principal components of the training images' pixels. */
  readonly pcaFrechet: FrechetScore;
}

/** A set of images against the test images, in the space of the feature network. */
export interface SetScore extends DistanceScore {
  readonly kernel: KernelDistanceScore;
  readonly densityCoverage: DensityCoverageScore;
}

/** Samples at temperature 1, no code cut off, labels as frequent as in training. */
export interface SampleReport extends SetScore {
  /** Share of the samples in which the feature network sees the class that was asked for; absent without classes. */
  readonly classAgreement?: number;
  /** 1 when not guided. */
  readonly guidanceScale: number;
  readonly networkEvaluations: number;
  readonly secondsPerThousand: number;
  /** Against the training images, in the space of their 64 principal components; the test images have a ratio of 1. */
  readonly memorisation: MemorisationScore;
}
