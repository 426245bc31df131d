using MiCse.Files;

namespace MiCse.Checkpoints.PyTorch;

/// <summary>
/// A pickle machine that can build dictionaries, lists, tuples, numbers, text and descriptions of tensors, and nothing else: whatever is
/// not on the list of <see cref="TorchGlobal"/> or needs another opcode is refused by name. Stack, memo and the bytes of all
/// values are bounded by the length of the file, nothing recurses, and no opcode copies more than it pops.
/// </summary>
/// <param name="input">Where to read.</param>
/// <param name="fileLength">The length of the file, which says how much its values may take.</param>
/// <param name="findStorage">Storage class, key and element count → the storage.</param>
internal sealed class PickleInterpreter(PickleInput input, long fileLength, Func<TorchGlobal, string, long, TorchStorage> findStorage)
{
    private const int MaximumProtocol = 5;
    private const int MaximumStack = 1 << 20;
    private const int MaximumMemo = 1 << 20;

    // What .NET takes for a value, roughly: an object, a dictionary with its list, one reference. A state dict makes about ten bytes of values
    // out of one byte of pickle, and is mostly weights.
    private const int ObjectSize = 32;
    private const int ContainerSize = 96;
    private const int ReferenceSize = 8;
    private const int ValuesPerByte = 16;
    private const long ValueAllowance = 24 << 20;

    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private long _valuesLeft = (ValuesPerByte * fileLength) + ValueAllowance;

    /// <summary>What lies below belongs to an outer group.</summary>
    private int Floor => _marks.TryPeek(out var mark) ? mark : 0;

    /// <summary>Reads one pickle and returns what it leaves.</summary>
    /// <exception cref="ModelFormatException">A damaged pickle, or one that asks for more than data.</exception>
    public object? Load()
    {
        _stack.Clear();
        _marks.Clear();
        _memo.Clear();
        while (true)
        {
            var opcode = (PickleOpcode)input.ReadByte();
            if (opcode == PickleOpcode.Stop)
            {
                return Pop();
            }

            var start = input.Position;
            Step(opcode);
            Charge(ObjectSize + (2 * (input.Position - start)));
            if (_stack.Count > MaximumStack || _marks.Count > MaximumStack || _memo.Count > MaximumMemo)
            {
                throw input.Refuse($"keeps more than {MaximumStack} values at once");
            }
        }
    }

    private void Step(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                var protocol = input.ReadByte();
                if (protocol > MaximumProtocol)
                {
                    throw input.Refuse($"has protocol {protocol}; known are 0 to {MaximumProtocol}");
                }

                break;
            case PickleOpcode.Frame: input.ReadInt64(); break;
            case PickleOpcode.Mark: _marks.Push(_stack.Count); break;
            case PickleOpcode.Pop: Pop(); break;
            case PickleOpcode.PopMark: PopMark(); break;
            case PickleOpcode.None: _stack.Add(null); break;
            case PickleOpcode.NewTrue: _stack.Add(true); break;
            case PickleOpcode.NewFalse: _stack.Add(false); break;
            case PickleOpcode.BinInt: _stack.Add((long)input.ReadInt32()); break;
            case PickleOpcode.BinInt1: _stack.Add((long)input.ReadByte()); break;
            case PickleOpcode.BinInt2: _stack.Add((long)input.ReadUInt16()); break;
            case PickleOpcode.Long1: _stack.Add(input.ReadInteger(input.ReadByte())); break;
            case PickleOpcode.BinFloat: _stack.Add(input.ReadDouble()); break;
            case PickleOpcode.ShortBinUnicode: _stack.Add(input.ReadText(input.ReadByte())); break;
            case PickleOpcode.BinUnicode: _stack.Add(input.ReadText(input.ReadUInt32())); break;
            case PickleOpcode.BinUnicode8: _stack.Add(input.ReadText(input.ReadInt64())); break;
            case PickleOpcode.ShortBinString: _stack.Add(input.ReadText(input.ReadByte())); break;
            case PickleOpcode.BinString: _stack.Add(input.ReadText(input.ReadInt32())); break;
            case PickleOpcode.EmptyTuple: _stack.Add(Array.Empty<object?>()); break;
            case PickleOpcode.Tuple: _stack.Add(PopMark()); break;
            case PickleOpcode.Tuple1: _stack.Add(PopMany(1)); break;
            case PickleOpcode.Tuple2: _stack.Add(PopMany(2)); break;
            case PickleOpcode.Tuple3: _stack.Add(PopMany(3)); break;
            case PickleOpcode.EmptyList: Charge(ContainerSize); _stack.Add(new List<object?>()); break;
            case PickleOpcode.List: _stack.Add(PopMark().ToList()); break;
            case PickleOpcode.Append: Append(PopMany(1)); break;
            case PickleOpcode.Appends: Append(PopMark()); break;
            case PickleOpcode.EmptyDict: Charge(ContainerSize); _stack.Add(new PickleDictionary()); break;
            case PickleOpcode.SetItem: SetItems(PopMany(2)); break;
            case PickleOpcode.SetItems: SetItems(PopMark()); break;
            case PickleOpcode.BinPut: _memo[input.ReadByte()] = Top(); break;
            case PickleOpcode.LongBinPut: _memo[input.ReadUInt32()] = Top(); break;
            case PickleOpcode.Memoize: _memo[(uint)_memo.Count] = Top(); break;
            case PickleOpcode.BinGet: Recall(input.ReadByte()); break;
            case PickleOpcode.LongBinGet: Recall(input.ReadUInt32()); break;
            case PickleOpcode.Global: Push(input.ReadLine(), input.ReadLine()); break;
            case PickleOpcode.StackGlobal: Push(PopMany(2)); break;
            case PickleOpcode.BinPersId: _stack.Add(FindStorage(Pop())); break;
            case PickleOpcode.Reduce: Reduce(PopMany(2)); break;
            case PickleOpcode.Build: Build(); break;
            default:
                throw input.Refuse(Enum.IsDefined(opcode)
                    ? $"uses the opcode {opcode}, which a plain state dict does not need"
                    : $"has the byte 0x{(byte)opcode:x2} where an opcode is expected");
        }
    }

    private void Push(object?[] names)
    {
        if (names is not [string module, string name])
        {
            throw input.Refuse("names a Python object by something that is not text");
        }

        Push(module, name);
    }

    private void Push(string module, string name) =>
        _stack.Add(TorchGlobal.Find(module, name)
            ?? throw input.Refuse($"asks for the Python object {JsonFailure.Cut($"{module}.{name}")}, which is not on the list of what a plain state dict needs"));

    private void Reduce(object?[] call)
    {
        if (call is not [TorchGlobal function, object?[] arguments])
        {
            throw input.Refuse("calls something that is not a function");
        }

        Charge(ContainerSize + arguments.OfType<object?[]>().Sum(sizes => (long)sizes.Length * ReferenceSize));
        _stack.Add(TorchFunctions.Call(function, arguments)
            ?? throw input.Refuse($"calls {function.Name} with arguments that do not fit"));
    }

    /// <summary>Sets attributes. A state dict has one, <c>_metadata</c> with versions of modules, which says nothing about its tensors.</summary>
    private void Build()
    {
        Pop();
        Peek<PickleDictionary>("a dictionary to set attributes of");
    }

    private TorchStorage FindStorage(object? id)
    {
        // The last one, which storages of a legacy file have, would describe a view of another storage; torch wrote them before 2017.
        if (id is object?[] and ["storage", TorchGlobal { StorageElementSize: not null } type, string key, string, long count, .. var view]
            && view is [] or [null] && count >= 0 && count <= long.MaxValue / 16)
        {
            Charge(ContainerSize);
            return findStorage(type, key, count);
        }

        throw input.Refuse("refers to something outside it that is not a storage");
    }

    private void Charge(long bytes)
    {
        if ((_valuesLeft -= bytes) < 0)
        {
            throw input.Refuse($"makes far more values than a file of {fileLength} bytes has weights for");
        }
    }

    private void Recall(uint index) =>
        _stack.Add(_memo.TryGetValue(index, out var value) ? value : throw input.Refuse($"recalls the value {index}, which it never stored"));

    private void Append(object?[] items)
    {
        Charge((long)items.Length * ReferenceSize);
        Peek<List<object?>>("a list to append to").AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (items.Length % 2 != 0)
        {
            throw input.Refuse("sets a key without a value");
        }

        Charge((long)items.Length * ReferenceSize);
        var dictionary = Peek<PickleDictionary>("a dictionary to fill");
        for (var index = 0; index < items.Length; index += 2)
        {
            dictionary.Items.Add((items[index], items[index + 1]));
        }
    }

    private object? Pop() => PopMany(1)[0];

    private object?[] PopMark()
    {
        if (!_marks.TryPop(out var start))
        {
            throw input.Refuse("closes a group that it never opened");
        }

        var items = _stack[start..].ToArray();
        Charge((long)items.Length * ReferenceSize);
        _stack.RemoveRange(start, items.Length);
        return items;
    }

    private object?[] PopMany(int count)
    {
        if (_stack.Count - count < Floor)
        {
            throw input.Refuse("takes more values than there are");
        }

        var items = _stack[^count..].ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return items;
    }

    private object? Top() => _stack.Count > Floor ? _stack[^1] : throw input.Refuse("stores a value and has none");

    private T Peek<T>(string what) =>
        Top() is T top ? top : throw input.Refuse($"needs {what} and finds another value");
}
