namespace MiCse.Tokenization.Patterns;

/// <summary>Makes instructions of a pattern: repetitions are written out, alternatives become branches.</summary>
internal sealed class PatternCompiler
{
    private const int MostInstructions = 10_000;

    private readonly List<Instruction> _instructions = [];

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="ArgumentException">It has too many instructions.</exception>
    public static Instruction[] Compile(PatternNode node)
    {
        var compiler = new PatternCompiler();
        compiler.Append(node);
        compiler.Add(new Instruction(Operation.Match));
        return [.. compiler._instructions];
    }

    private void Append(PatternNode node)
    {
        switch (node)
        {
            case OneOf one:
                Add(new Instruction(Operation.Take, one.Set));
                break;
            case Parts parts:
                foreach (var part in parts.Items)
                {
                    Append(part);
                }

                break;
            case Alternatives alternatives:
                AppendAlternatives(alternatives.Items);
                break;
            case Repeated repeated:
                AppendRepeated(repeated);
                break;
            case Place place:
                Add(new Instruction(Operation.Check, Place: place.Kind));
                break;
            case Ahead ahead:
                AppendPart(new Instruction(Operation.IfAhead, Negated: ahead.Negated), ahead.Part);
                break;
            case Behind behind:
                AppendPart(new Instruction(Operation.IfBehind, Second: behind.Length, Negated: behind.Negated), behind.Part);
                break;
            case Atomic atomic:
                AppendPart(new Instruction(Operation.TakeAtomic), atomic.Part);
                break;
        }
    }

    private void AppendAlternatives(IReadOnlyList<PatternNode> items)
    {
        var jumps = new List<int>();
        for (var index = 0; index < items.Count - 1; index++)
        {
            var branch = Add(default);
            Append(items[index]);
            jumps.Add(Add(default));
            _instructions[branch] = new Instruction(Operation.Either, First: branch + 1, Second: _instructions.Count);
        }

        Append(items[^1]);
        jumps.ForEach(jump => _instructions[jump] = new Instruction(Operation.Jump, First: _instructions.Count));
    }

    private void AppendRepeated(Repeated repeated)
    {
        if (repeated.Part is OneOf one)
        {
            Add(new Instruction(Operation.TakeMany, one.Set, repeated.Least, repeated.Most, repeated.Kind));
            return;
        }

        if (repeated.Kind == RepeatKind.Possessive)
        {
            AppendPart(new Instruction(Operation.TakeAtomic), repeated with { Kind = RepeatKind.Greedy });
            return;
        }

        for (var count = 0; count < repeated.Least; count++)
        {
            Append(repeated.Part);
        }

        var branches = new List<int>();
        if (repeated.Most == int.MaxValue)
        {
            branches.Add(Add(default));
            Append(repeated.Part);
            Add(new Instruction(Operation.Jump, First: branches[0]));
        }

        for (var count = repeated.Least; count < repeated.Most && repeated.Most < int.MaxValue; count++)
        {
            branches.Add(Add(default));
            Append(repeated.Part);
        }

        var end = _instructions.Count;
        branches.ForEach(branch => _instructions[branch] = repeated.Kind == RepeatKind.Lazy
            ? new Instruction(Operation.Either, First: end, Second: branch + 1)
            : new Instruction(Operation.Either, First: branch + 1, Second: end));
    }

    /// <summary>Appends a part that is matched by itself, after the instruction that does so.</summary>
    private void AppendPart(Instruction instruction, PatternNode part)
    {
        var start = Add(default);
        Append(part);
        Add(new Instruction(Operation.Match));
        _instructions[start] = instruction with { First = _instructions.Count };
    }

    private int Add(Instruction instruction)
    {
        _instructions.Add(instruction);
        return _instructions.Count <= MostInstructions
            ? _instructions.Count - 1
            : throw new ArgumentException($"more than {MostInstructions} steps");
    }
}
