// Embeddings from a program that is compiled ahead of time: one file, no .NET runtime on the machine, an answer as quickly as any native tool.
//   NativeAot "A man is playing a guitar." "Someone plays an instrument."     the similarity of two texts
//   NativeAot < texts.txt > vectors.f32                                       a line in, its vector out: little-endian float32
// MODEL=folder takes another model than the built-in one.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MiCse;
using MiCse.Files;

try
{
    using var encoder = SentenceEncoder.Load(Environment.GetEnvironmentVariable("MODEL") is { Length: > 0 } model ? model : ModelSource.BuiltIn);
    if (args is [var first, var second])
    {
        Console.WriteLine(encoder.Similarity(first, second).ToString("0.0000", CultureInfo.InvariantCulture));
        return 0;
    }

    string[] texts = [.. Lines()];
    var start = Stopwatch.GetTimestamp();
    var embeddings = encoder.Encode(texts).Embeddings;
    Console.Error.WriteLine($"{texts.Length / Stopwatch.GetElapsedTime(start).TotalSeconds:0} texts/s");
    using var output = Console.OpenStandardOutput();
    for (var row = 0; row < embeddings.Count; row++)
    {
        output.Write(MemoryMarshal.AsBytes<float>(embeddings[row]));
    }

    return 0;
}
catch (Exception failure) when (failure is IOException or ModelFormatException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}

static IEnumerable<string> Lines()
{
    while (Console.ReadLine() is { } line)
    {
        yield return line;
    }
}
