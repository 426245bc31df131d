using System.Numerics;
using MiCse.Files;
using MiCse.Tensors;

namespace MiCse.Checkpoints.PyTorch;

/// <summary>
/// Reads what torch.save writes: the zip format (since 1.6; stored or deflated entries) and the legacy one. The pickle inside goes through
/// <see cref="PickleInterpreter"/>, which executes nothing. Contiguous tensors of uncompressed files are used in place.
/// </summary>
internal static class PyTorchReader
{
    /// <summary>Names and shapes of 100,000 tensors take a tenth of this.</summary>
    private const int MaximumPickleLength = 64 << 20;

    /// <summary>What a deflated pickle may grow to beyond sixteen times the file.</summary>
    private const long PickleAllowance = 1 << 20;

    /// <summary>What views that repeat elements may take beyond four times the file.</summary>
    private const long CopyAllowance = 16 << 20;

    /// <summary>What deflated entries may grow to beyond sixteen times the file. Trained weights hardly shrink at all; bombs do.</summary>
    private const long InflateAllowance = 64 << 20;

    /// <summary>0x1950a86a20f9469cfc6c</summary>
    private static readonly BigInteger LegacyMagic = BigInteger.Parse("119547037146038801333356");

    private static readonly string[] NestedUnder = ["state_dict", "model_state_dict", "model"];

    /// <summary>The tensors of the zip format, by name; they point into the file where they can. The checkpoint owns the file.</summary>
    public static TorchTensors ReadZip(MappedFile file)
    {
        var entries = ZipDirectory.Read(file);
        var pickles = entries.Values.Where(entry => ("/" + entry.Name).EndsWith("/data.pkl", StringComparison.Ordinal)).ToList();
        var pickle = pickles is [var only]
            ? only
            : throw new ModelFormatException(file.Path, "is a zip file without exactly one data.pkl, so torch.save did not write it");
        var root = pickle.Name[..^"data.pkl".Length];
        if (entries.TryGetValue(root + "byteorder", out var order) && order.Size <= 16
            && order.Open(file)(0, (int)order.Size).Span.SequenceEqual("big"u8))
        {
            throw new ModelFormatException(file.Path, "was saved on a big-endian machine, which is not supported; save it again with safetensors");
        }

        var longest = Math.Min(MaximumPickleLength, (16 * file.Length) + PickleAllowance);
        if (pickle.Size > longest)
        {
            throw new ModelFormatException(
                file.Path, $"has a pickle of {pickle.Size} bytes; the longest supported in a file of {file.Length} has {longest}");
        }

        var inflatedSize = entries.Values.Where(entry => entry.IsDeflated).Aggregate(0.0, (sum, entry) => sum + entry.Size);
        if (inflatedSize > (16.0 * file.Length) + InflateAllowance)
        {
            throw new ModelFormatException(file.Path, $"declares {inflatedSize:0} bytes of decompressed data, absurdly many for a file of {file.Length}");
        }

        var contents = new Dictionary<string, Func<long, int, ReadOnlyMemory<byte>>>();
        var input = new PickleInput(file.Path, pickle.Open(file)(0, (int)pickle.Size));
        return ToTensors(file, new PickleInterpreter(input, file.Length, FindStorage).Load());

        TorchStorage FindStorage(TorchGlobal type, string key, long count)
        {
            var storage = new TorchStorage(type, count);
            if (!entries.TryGetValue($"{root}data/{key}", out var entry))
            {
                throw new ModelFormatException(file.Path, $"has no entry '{JsonFailure.Cut($"{root}data/{key}")}' for a storage that its pickle names");
            }

            if (entry.Size != storage.ByteCount)
            {
                throw new ModelFormatException(
                    file.Path, $"'{entry.Name}' has {entry.Size} bytes, but the pickle says {count} elements of {type.Name}, which take {storage.ByteCount}");
            }

            if (!contents.TryGetValue(key, out var content))
            {
                contents.Add(key, content = entry.Open(file));
            }

            storage.Locate(content);
            return storage;
        }
    }

    /// <summary>Reads the legacy format: magic number, protocol, system, the object, the keys of its storages, and their data in that order.</summary>
    public static TorchTensors ReadLegacy(MappedFile file)
    {
        var input = new PickleInput(file.Path, file.Slice(0, (int)Math.Min(file.Length, MaximumPickleLength)));
        var storages = new Dictionary<string, TorchStorage>();
        var interpreter = new PickleInterpreter(input, file.Length, FindStorage);
        if (interpreter.Load() is not BigInteger magic || magic != LegacyMagic || interpreter.Load() is not 1001L)
        {
            throw new ModelFormatException(file.Path, "is a pickle, but not one that torch.save wrote");
        }

        if (interpreter.Load() is not PickleDictionary system || system["little_endian"] is not true)
        {
            throw new ModelFormatException(file.Path, "was saved on a big-endian machine, which is not supported; save it again with safetensors");
        }

        var root = interpreter.Load();
        if (interpreter.Load() is not List<object?> keys || keys.Count != storages.Count || keys.Distinct().Count() != keys.Count)
        {
            throw new ModelFormatException(file.Path, "the list of storages does not match those that the pickle names");
        }

        LocateLegacyStorages(file, input.Position, keys, storages);
        return ToTensors(file, root);

        TorchStorage FindStorage(TorchGlobal type, string key, long count)
        {
            var storage = storages.TryGetValue(key, out var known) ? known : storages[key] = new TorchStorage(type, count);
            return storage.Class == type && storage.ElementCount == count
                ? storage
                : throw new ModelFormatException(file.Path, $"describes the storage '{JsonFailure.Cut(key)}' in two ways");
        }
    }

    private static void LocateLegacyStorages(MappedFile file, long position, List<object?> keys, Dictionary<string, TorchStorage> storages)
    {
        foreach (var key in keys)
        {
            if (key is not string name || !storages.TryGetValue(name, out var storage))
            {
                throw new ModelFormatException(file.Path, "the list of storages does not match those that the pickle names");
            }

            if (storage.ByteCount > file.Length - position - sizeof(long))
            {
                throw new ModelFormatException(file.Path, $"ends inside the storage '{JsonFailure.Cut(name)}' of {storage.ByteCount} bytes; it is truncated, fetch it again");
            }

            var declared = BitConverter.ToInt64(file.Slice(position, sizeof(long)).Span);
            if (declared != storage.ElementCount)
            {
                throw new ModelFormatException(
                    file.Path, $"the storage '{JsonFailure.Cut(name)}' has {declared} elements, but the pickle says {storage.ElementCount}");
            }

            var start = position + sizeof(long);
            storage.Locate((offset, length) => file.Slice(start + offset, length));
            position = start + storage.ByteCount;
        }
    }

    private static TorchTensors ToTensors(MappedFile file, object? root)
    {
        var budget = (4 * file.Length) + CopyAllowance;
        var tensors = new Dictionary<string, Tensor>();
        var unread = new Dictionary<string, string>();
        foreach (var (key, value) in StateDictionary(file.Path, root).Items)
        {
            if (key is string name && value is TorchTensor tensor)
            {
                if (tensor.Storage.Type is null)
                {
                    unread[name] = tensor.TypeName;
                }
                else
                {
                    tensors[name] = tensor.Materialize(file.Path, name, ref budget);
                }
            }
        }

        return new TorchTensors(tensors, unread);
    }

    /// <summary>The dictionary with the tensors: the saved object itself, or the one a training checkpoint keeps inside.</summary>
    private static PickleDictionary StateDictionary(string path, object? root)
    {
        if (root is not PickleDictionary dictionary)
        {
            throw new ModelFormatException(path, "holds no dictionary of tensors; save model.state_dict()");
        }

        return HasTensors(dictionary)
            ? dictionary
            : NestedUnder.Select(key => dictionary[key]).OfType<PickleDictionary>().FirstOrDefault(HasTensors)
                ?? throw new ModelFormatException(path, $"holds no tensors, neither directly nor under {string.Join(", ", NestedUnder)}");
    }

    private static bool HasTensors(PickleDictionary dictionary) => dictionary.Items.Exists(item => item is { Key: string, Value: TorchTensor });
}

/// <summary>What a file of torch.save holds; the tensors point into the file where they can.</summary>
/// <param name="Tensors">The tensors by name.</param>
/// <param name="Unread">The types of tensors that are not read, by name.</param>
internal sealed record TorchTensors(Dictionary<string, Tensor> Tensors, Dictionary<string, string> Unread);
