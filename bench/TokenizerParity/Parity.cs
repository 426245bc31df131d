using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiCse.Tokenization;
using Reference = Tokenizers.DotNet.Tokenizer;

namespace MiCse.TokenizerParity;

/// <summary>Ids of both libraries on random strings.</summary>
internal static class Parity
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static int Print(string path, int count, int seed, int shown)
    {
        var own = Tokenizer.Load(path);
        var file = Path.Combine(Path.GetTempPath(), $"tokenizer-parity-{Environment.ProcessId}.json");
        try
        {
            WriteReference(path, own, file);
            using var reference = new Reference(file);
            var strings = new RandomStrings(seed, [.. own.Parts.AddedTokens.Select(token => token.Content)]);
            var (different, tokens) = (0, 0L);
            for (var number = 0; number < count; number++)
            {
                var text = strings.Next();
                var expected = Array.ConvertAll(reference.Encode(text), id => (int)id);
                var found = own.Tokenize(text).Ids;
                tokens += found.Length;
                if (!found.AsSpan().SequenceEqual(expected) && different++ < shown)
                {
                    Console.WriteLine(JsonSerializer.Serialize(text));
                    Console.WriteLine($"  expected {string.Join(' ', expected.Select(id => Spell(own, id)))}");
                    Console.WriteLine($"  found    {string.Join(' ', found.Select(id => Spell(own, id)))}");
                }
            }

            Console.WriteLine($"{path}: {count:N0} strings of {(double)tokens / count:N1} tokens, {different:N0} differ");
            return different == 0 ? 0 : 1;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Spell(Tokenizer tokenizer, int id) => JsonSerializer.Serialize(tokenizer.TokenOf(id), Relaxed);

    /// <summary>The tokenizer.json of a folder, or what this library writes as one, without truncation and padding: those are the caller's.</summary>
    private static void WriteReference(string path, Tokenizer own, string file)
    {
        var source = File.Exists(path) ? path : Path.Combine(path, "tokenizer.json");
        if (!File.Exists(source))
        {
            var saved = Directory.CreateTempSubdirectory().FullName;
            own.Save(saved);
            source = Path.Combine(saved, "tokenizer.json");
        }

        var json = JsonNode.Parse(File.ReadAllText(source))!;
        json["truncation"] = null;
        json["padding"] = null;
        File.WriteAllText(file, json.ToJsonString(Relaxed));
    }
}
