using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Patterns;

/// <summary>Runs the instructions of a pattern on one text: what fails goes back to the last choice, which stands on a stack of its own.</summary>
internal ref struct PatternMachine(Instruction[] instructions, ReadOnlySpan<char> text)
{
    // A tenth of a second; the original gives up after ten million in a single match.
    private const long FreeSteps = 30_000_000;
    private const long StepsPerCharacter = 100;

    private readonly ReadOnlySpan<char> _text = text;
    private PooledBuffer<Choice> _choices = new(64);
    private long _steps = FreeSteps + (StepsPerCharacter * text.Length);

    /// <summary>Whether there was more to do than is allowed.</summary>
    public readonly bool IsExhausted => _steps < 0;

    /// <summary>Where a match that starts at a place ends; -1 when there is none.</summary>
    public int Match(int position) => Run(0, position);

    /// <summary>The number of UTF-16 code units from a place to the next character of a set, or to the end.</summary>
    public readonly int LengthBefore(CodePointSet set, int position)
    {
        var end = position;
        while (end < _text.Length && !set.Contains(CodePointAt(end, out var length)))
        {
            end += length;
        }

        return end - position;
    }

    /// <summary>The number of UTF-16 code units of the character at a place.</summary>
    public readonly int LengthAt(int position)
    {
        CodePointAt(position, out var length);
        return length;
    }

    /// <summary>Gives the stack back.</summary>
    public void Dispose() => _choices.Dispose();

    private int Run(int instruction, int position)
    {
        var bottom = _choices.Count;
        while (_steps-- > 0)
        {
            ref readonly var step = ref instructions[instruction];
            bool fits;
            switch (step.Operation)
            {
                case Operation.Match:
                    _choices.Count = bottom;
                    return position;
                case Operation.Take:
                    var length = 0;
                    fits = position < _text.Length && step.Set!.Contains(CodePointAt(position, out length));
                    position += fits ? length : 0;
                    instruction++;
                    break;
                case Operation.TakeMany:
                    fits = TakeMany(step, ++instruction, ref position);
                    break;
                case Operation.Either:
                    _choices.Add(new Choice(ChoiceKind.Branch, step.Second, position, 0));
                    instruction = step.First;
                    fits = true;
                    break;
                case Operation.Jump:
                    instruction = step.First;
                    fits = true;
                    break;
                case Operation.Check:
                    fits = IsAt(step.Place, position);
                    instruction++;
                    break;
                default:
                    fits = RunPart(step, instruction + 1, ref position);
                    instruction = step.First;
                    break;
            }

            if (!fits && !TryGoBack(bottom, out instruction, out position))
            {
                return -1;
            }
        }

        _choices.Count = bottom;
        return -1;
    }

    /// <summary>Takes as many or as few characters as the instruction says, and remembers where else the match can go on.</summary>
    private bool TakeMany(in Instruction step, int next, ref int position)
    {
        var most = step.Kind == RepeatKind.Lazy ? step.First : step.Second;
        var count = 0;
        var least = position;
        while (count < most && position < _text.Length && step.Set!.Contains(CodePointAt(position, out var length)))
        {
            position += length;
            count++;
            least = count <= step.First ? position : least;
        }

        _steps -= count;
        if (count < step.First)
        {
            return false;
        }

        if (step.Kind == RepeatKind.Greedy && position > least)
        {
            _choices.Add(new Choice(ChoiceKind.GiveBack, next, position, least));
        }
        else if (step.Kind == RepeatKind.Lazy && count < step.Second)
        {
            _choices.Add(new Choice(ChoiceKind.TakeMore, next, position, step.Second - count));
        }

        return true;
    }

    private bool RunPart(in Instruction step, int part, ref int position)
    {
        if (step.Operation == Operation.TakeAtomic)
        {
            var end = Run(part, position);
            position = end < 0 ? position : end;
            return end >= 0;
        }

        var start = position;
        for (var count = 0; step.Operation == Operation.IfBehind && count < step.Second; count++)
        {
            if (start == 0)
            {
                return step.Negated;
            }

            start -= LengthBefore(start);
        }

        return Run(part, start) >= 0 != step.Negated;
    }

    private bool TryGoBack(int bottom, out int instruction, out int position)
    {
        while (_choices.Count > bottom)
        {
            var choice = _choices.Items[^1];
            _choices.Count--;
            (instruction, position) = (choice.Instruction, choice.Position);
            if (choice.Kind == ChoiceKind.Branch)
            {
                return true;
            }

            if (choice.Kind == ChoiceKind.GiveBack)
            {
                position -= LengthBefore(position);
                if (position > choice.Rest)
                {
                    _choices.Add(choice with { Position = position });
                }

                return true;
            }

            // The instruction before the next one says which characters can be taken.
            if (position < _text.Length && instructions[instruction - 1].Set!.Contains(CodePointAt(position, out var length)))
            {
                position += length;
                if (choice.Rest > 1)
                {
                    _choices.Add(choice with { Position = position, Rest = choice.Rest - 1 });
                }

                return true;
            }
        }

        (instruction, position) = (0, 0);
        return false;
    }

    private readonly bool IsAt(PlaceKind place, int position) => place switch
    {
        PlaceKind.TextStart => position == 0,
        PlaceKind.TextEnd => position == _text.Length,
        PlaceKind.LastLineEnd => position == _text.Length || (position == _text.Length - 1 && _text[position] == '\n'),
        PlaceKind.LineStart => position == 0 || (_text[position - 1] == '\n' && position < _text.Length),
        PlaceKind.LineEnd => position == _text.Length || _text[position] == '\n',
        PlaceKind.WordBoundary => IsWordBefore(position) != IsWordAfter(position),
        _ => IsWordBefore(position) == IsWordAfter(position),
    };

    private readonly bool IsWordAfter(int position) =>
        position < _text.Length && CharacterProperties.IsWord(CodePointAt(position, out _));

    private readonly bool IsWordBefore(int position) =>
        position > 0 && CharacterProperties.IsWord(CodePointAt(position - LengthBefore(position), out _));

    private readonly int CodePointAt(int position, out int length)
    {
        var first = _text[position];
        if (char.IsHighSurrogate(first) && position + 1 < _text.Length && char.IsLowSurrogate(_text[position + 1]))
        {
            length = 2;
            return char.ConvertToUtf32(first, _text[position + 1]);
        }

        length = 1;
        return first;
    }

    private readonly int LengthBefore(int position) =>
        position > 1 && char.IsLowSurrogate(_text[position - 1]) && char.IsHighSurrogate(_text[position - 2]) ? 2 : 1;

    private enum ChoiceKind
    {
        /// <summary>The other way of two.</summary>
        Branch,

        /// <summary>One character less of a run.</summary>
        GiveBack,

        /// <summary>One character more.</summary>
        TakeMore,
    }

    /// <summary>A place from which the match can go on another way.</summary>
    /// <param name="Kind">Which way.</param>
    /// <param name="Instruction">The instruction that comes next there.</param>
    /// <param name="Position">The place in the text.</param>
    /// <param name="Rest">GiveBack: the place where the shortest run ends; TakeMore: how many characters more at most.</param>
    private readonly record struct Choice(ChoiceKind Kind, int Instruction, int Position, int Rest);
}
