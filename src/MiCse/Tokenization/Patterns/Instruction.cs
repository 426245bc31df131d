namespace MiCse.Tokenization.Patterns;

/// <summary>What a step of a compiled pattern does.</summary>
internal enum Operation : byte
{
    /// <summary>The pattern, or the part that was started, has matched.</summary>
    Match,

    /// <summary>Takes one character of the set.</summary>
    Take,

    /// <summary>Takes from First to Second characters of the set.</summary>
    TakeMany,

    /// <summary>Goes on at First; if that fails, at Second.</summary>
    Either,

    /// <summary>Goes on at First.</summary>
    Jump,

    /// <summary>Goes on if the place is as the condition says.</summary>
    Check,

    /// <summary>Goes on at First if the part that follows this instruction matches here.</summary>
    IfAhead,

    /// <summary>Goes on at First if the part that follows matches the Second characters before.</summary>
    IfBehind,

    /// <summary>Takes what the part that follows matches first, and goes on at First.</summary>
    TakeAtomic,
}

/// <summary>A step of a compiled pattern.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Set">The characters it takes.</param>
/// <param name="First">A number of characters, or an instruction.</param>
/// <param name="Second">The other one.</param>
/// <param name="Kind">In which order numbers of characters are tried.</param>
/// <param name="Place">The condition.</param>
/// <param name="Negated">Whether the part must not match.</param>
internal readonly record struct Instruction(
    Operation Operation,
    CodePointSet? Set = null,
    int First = 0,
    int Second = 0,
    RepeatKind Kind = RepeatKind.Greedy,
    PlaceKind Place = PlaceKind.TextStart,
    bool Negated = false);
