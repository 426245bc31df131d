namespace MiCse.Tokenization.Patterns;

/// <summary>A part of a regular expression as it is written.</summary>
internal abstract record PatternNode;

/// <summary>One character of a set.</summary>
internal sealed record OneOf(CodePointSet Set) : PatternNode;

/// <summary>Parts one after the other; none: the empty text.</summary>
internal sealed record Parts(IReadOnlyList<PatternNode> Items) : PatternNode;

/// <summary>The first of several parts that lets the rest match.</summary>
internal sealed record Alternatives(IReadOnlyList<PatternNode> Items) : PatternNode;

/// <summary>A part several times.</summary>
/// <param name="Part">What is repeated.</param>
/// <param name="Least">At least so often.</param>
/// <param name="Most">At most so often; int.MaxValue: without a limit.</param>
/// <param name="Kind">In which order the numbers are tried.</param>
internal sealed record Repeated(PatternNode Part, int Least, int Most, RepeatKind Kind) : PatternNode;

/// <summary>A condition on the place between two characters.</summary>
internal sealed record Place(PlaceKind Kind) : PatternNode;

/// <summary>What must follow, or must not.</summary>
internal sealed record Ahead(PatternNode Part, bool Negated) : PatternNode;

/// <summary>What must come before, or must not: a part of so many characters.</summary>
internal sealed record Behind(PatternNode Part, bool Negated, int Length) : PatternNode;

/// <summary>A part whose first match is final.</summary>
internal sealed record Atomic(PatternNode Part) : PatternNode;

/// <summary>In which order the numbers of repetitions are tried.</summary>
internal enum RepeatKind
{
    /// <summary>As many as possible first.</summary>
    Greedy,

    /// <summary>As few as possible first.</summary>
    Lazy,

    /// <summary>As many as possible, and no other number.</summary>
    Possessive,
}

/// <summary>A condition on the place between two characters.</summary>
internal enum PlaceKind
{
    /// <summary>\A</summary>
    TextStart,

    /// <summary>\z</summary>
    TextEnd,

    /// <summary>\Z: the end, or a line feed and the end.</summary>
    LastLineEnd,

    /// <summary>^: the start, or after a line feed that is not the last character.</summary>
    LineStart,

    /// <summary>$: the end, or before a line feed.</summary>
    LineEnd,

    /// <summary>\b</summary>
    WordBoundary,

    /// <summary>\B</summary>
    NoWordBoundary,
}
