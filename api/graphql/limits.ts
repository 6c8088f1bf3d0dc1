import { GraphQLError, Kind, getNamedType, isCompositeType, typeFromAST } from 'graphql';
import type {
  ASTVisitor,
  FieldNode,
  GraphQLCompositeType,
  GraphQLField,
  SelectionSetNode,
  ValidationContext,
  ValidationRule,
} from 'graphql';

/** A document of more words, names and signs is not even parsed to its end. The longest of our own has about 400. */
export const MAX_TOKENS = 1_000;
/** Fields within fields. `booking.property.host.rating.average` is 5. */
export const MAX_DEPTH = 8;
/** One field asked for under several names is how a query is made dear while it looks short. */
export const MAX_ALIASES = 15;
export const MAX_DIRECTIVES = 20;
/** A page of 100 properties with every field of theirs and of their hosts is about 5,000. */
export const MAX_COST = 10_000;
/** An act may begin a workflow or hash a password: a query has room for ten of them at most. */
export const ACT_COST = 1_000;
/** Entries of a page at most, as `PageQuery` has it: what a `limit` counts that is not written out. */
export const MAX_PAGE = 100;

/** What a query asks for: each field costs 1, or what its `extensions.cost` says, once for every entry of the pages it is in. */
interface Size {
  depth: number;
  cost: number;
}

const NOTHING: Size = { depth: 0, cost: 0 };

function tooMuch(
  rule: string,
  limit: number,
  { found, what }: { found: number; what: string },
): GraphQLError {
  const message = `The query has ${found} ${what}; ${limit} is the limit.`;
  return new GraphQLError(message, { extensions: { rule: `query_${rule}`, limit } });
}

/** How many entries a field asks for: its `limit`, the default of it, or the most where a variable decides. */
function entriesOf(node: FieldNode, field: GraphQLField<unknown, unknown> | undefined): number {
  const limit = field?.args.find(({ name }) => name === 'limit');
  if (limit === undefined) return 1;
  const value = node.arguments?.find(({ name }) => name.value === 'limit')?.value;
  if (value === undefined) return Number(limit.defaultValue ?? MAX_PAGE);
  if (value.kind !== Kind.INT) return MAX_PAGE;
  return Math.min(Math.max(Number(value.value), 1), MAX_PAGE);
}

/** Measures selections. Each fragment is measured once, however often it is spread, so that measuring stays cheap. */
class Measure {
  readonly #context: ValidationContext;
  readonly #fragments = new Map<string, Size>();

  constructor(context: ValidationContext) {
    this.#context = context;
  }

  ofSelections({ selections }: SelectionSetNode, parent: GraphQLCompositeType | undefined): Size {
    const size = { ...NOTHING };
    for (const selection of selections) {
      const { depth, cost } = this.#ofSelection(selection, parent);
      size.depth = Math.max(size.depth, depth);
      size.cost += cost;
    }
    return size;
  }

  #ofSelection(
    selection: SelectionSetNode['selections'][number],
    parent: GraphQLCompositeType | undefined,
  ): Size {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#ofField(selection, parent);
      case Kind.INLINE_FRAGMENT:
        return this.ofSelections(selection.selectionSet, this.#typeOf(selection.typeCondition) ?? parent);
      case Kind.FRAGMENT_SPREAD:
        return this.#ofFragment(selection.name.value);
    }
  }

  #ofField(node: FieldNode, parent: GraphQLCompositeType | undefined): Size {
    const name = node.name.value;
    if (name.startsWith('__')) return { depth: 1, cost: 1 }; // Introspection has a limit of its own in `specifiedRules`.
    const field = parent !== undefined && 'getFields' in parent ? parent.getFields()[name] : undefined;
    const type = field && getNamedType(field.type);
    const within =
      node.selectionSet === undefined
        ? NOTHING
        : this.ofSelections(node.selectionSet, isCompositeType(type) ? type : undefined);
    const ownCost = Number(field?.extensions.cost ?? 1);
    return { depth: within.depth + 1, cost: ownCost + within.cost * entriesOf(node, field) };
  }

  #ofFragment(name: string): Size {
    const known = this.#fragments.get(name);
    if (known !== undefined) return known;
    this.#fragments.set(name, NOTHING); // One that spreads itself is refused by another rule; here it only must end.
    const fragment = this.#context.getFragment(name);
    if (!fragment) return NOTHING;
    const size = this.ofSelections(fragment.selectionSet, this.#typeOf(fragment.typeCondition));
    this.#fragments.set(name, size);
    return size;
  }

  #typeOf(condition: Parameters<typeof typeFromAST>[1] | undefined): GraphQLCompositeType | undefined {
    const type = condition && typeFromAST(this.#context.getSchema(), condition);
    return isCompositeType(type) ? type : undefined;
  }
}

function sizes(context: ValidationContext): ASTVisitor {
  const measure = new Measure(context);
  return {
    OperationDefinition(operation) {
      const root = context.getSchema().getRootType(operation.operation) ?? undefined;
      const { depth, cost } = measure.ofSelections(operation.selectionSet, root);
      if (depth > MAX_DEPTH)
        context.reportError(tooMuch('depth', MAX_DEPTH, { found: depth, what: 'levels of fields' }));
      if (cost > MAX_COST)
        context.reportError(tooMuch('cost', MAX_COST, { found: cost, what: 'fields to resolve' }));
    },
  };
}

function aliases(context: ValidationContext): ASTVisitor {
  let found = 0;
  return {
    Field(node) {
      if (node.alias !== undefined) found += 1;
    },
    Document: {
      leave() {
        if (found > MAX_ALIASES)
          context.reportError(tooMuch('aliases', MAX_ALIASES, { found, what: 'aliases' }));
      },
    },
  };
}

function directives(context: ValidationContext): ASTVisitor {
  let found = 0;
  return {
    Directive() {
      found += 1;
    },
    Document: {
      leave() {
        if (found > MAX_DIRECTIVES)
          context.reportError(tooMuch('directives', MAX_DIRECTIVES, { found, what: 'directives' }));
      },
    },
  };
}

/** Refuses what is too large before any of it runs. Tokens are counted while parsing. */
export const LIMITS: readonly ValidationRule[] = [sizes, aliases, directives];
