/** Operations whose output elements depend only on the input elements at the same (broadcast) place. */
export const ELEMENTWISE: readonly string[] = [
  ...["Neg", "Abs", "Sign", "Exp", "Log", "Sqrt", "Rsqrt", "Reciprocal", "Square", "Tanh", "Sigmoid", "Softplus", "Erf"],
  ...["Relu", "Sin", "Cos", "Floor", "Ceil", "Round", "Not", "IsNaN", "Cast", "Clip", "Gelu", "Silu", "GeluGrad", "SiluGrad"],
  ...["Add", "Sub", "Mul", "Div", "Pow", "Maximum", "Minimum", "FloorDiv", "FloorMod", "Where", "And", "Or"],
  ...["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"],
];
