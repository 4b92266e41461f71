/** What an option that names images may be, for its help and its errors. */
export const DATA_FORMS =
  "mnist, fashion-mnist, IMAGES.idx,LABELS.idx, IMAGES.idx alone (without classes), or a folder of PNG images";
