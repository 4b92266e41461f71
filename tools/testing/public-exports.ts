import ts from "typescript";

/**
 * What modules export, values and types, as one line each: `interface Engine`, `function trace`. Read from the sources by
 * the compiler, which sees what vanishes when they are compiled.
 *
 * @param files TypeScript modules
 * @param conditions export conditions under which they find each other's packages
 * @returns for each module its exports in the order of their names
 */
export function publicExports(files: readonly string[], conditions: readonly string[]): string[][] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: [...conditions],
    types: [],
    noLib: true,
  };
  // Names need neither the standard library nor what third parties declare, which is most of what there is to read.
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) =>
      OURS.test(text)
        ? ts.resolveModuleName(text, from, options, host, undefined, undefined, ts.ModuleKind.ESNext)
        : { resolvedModule: undefined },
    );
  const program = ts.createProgram(files, options, host);
  const checker = program.getTypeChecker();
  return files.map((file) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!);
    if (module === undefined) return [];
    return checker
      .getExportsOfModule(module)
      .map((symbol) => ({ name: symbol.name, kind: kindOf(symbol, checker) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, kind }) => `${kind} ${name}`);
  });
}

/** Modules of this repository: files beside the importing one, and packages. */
const OURS = /^\.|^@nextscale\//;

const KINDS: readonly (readonly [flag: ts.SymbolFlags, kind: string])[] = [
  [ts.SymbolFlags.Class, "class"],
  [ts.SymbolFlags.Enum, "enum"],
  [ts.SymbolFlags.Function, "function"],
  [ts.SymbolFlags.Variable, "const"],
  [ts.SymbolFlags.Interface, "interface"],
  [ts.SymbolFlags.TypeAlias, "type"],
  [ts.SymbolFlags.NamespaceModule | ts.SymbolFlags.ValueModule, "namespace"],
];

/** A name may stand for a value and a type: `const+type`. What is exported by `export type` is no value. */
function kindOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const kinds = KINDS.filter(([flag]) => target.flags & flag).map(([, kind]) => kind);
  if (kinds.length === 0) throw new Error(`${symbol.name} is exported and is nothing that there is`);
  const typeOnly = symbol.declarations?.some((declaration) => ts.isTypeOnlyExportDeclaration(declaration)) ?? false;
  return typeOnly && target.flags & ts.SymbolFlags.Value ? `${kinds.join("+")} as type` : kinds.join("+");
}
