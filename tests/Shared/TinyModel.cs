namespace MiCse.Tests;

/// <summary>A model folder that runs: the random BERT of the golden files with a vocabulary of words and letters.</summary>
internal static class TinyModel
{
    private const int VocabularySize = 512;

    /// <summary>Words that have an id of their own.</summary>
    private static readonly string[] s_words =
        ["the", "a", "man", "woman", "dog", "plays", "sings", "guitar", "music", "it", "is", "raining", "snow", "falls", "in", "winter", "hello", "world", ".", ",", "!", "?"];

    /// <summary>Writes the folder.</summary>
    /// <returns><paramref name="folder"/>.</returns>
    public static string Write(string folder)
    {
        WriteTokenizer(folder);
        File.Copy(Fixture.Path("bert-random", "config.json"), Path.Combine(folder, "config.json"));
        File.Copy(Fixture.Path("bert-random", "model.safetensors"), Path.Combine(folder, "model.safetensors"));
        return folder;
    }

    /// <summary>Writes the tokenizer alone.</summary>
    /// <returns><paramref name="folder"/>.</returns>
    public static string WriteTokenizer(string folder)
    {
        Directory.CreateDirectory(folder);
        var letters = Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString());
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. s_words, .. letters.Where(letter => letter != "a"), .. letters.Select(letter => "##" + letter)];
        var unused = Enumerable.Range(0, VocabularySize - vocabulary.Length).Select(number => $"[unused{number}]");
        File.WriteAllText(Path.Combine(folder, "vocab.txt"), string.Concat(vocabulary.Concat(unused).Select(token => token + "\n")));
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"do_lower_case": true, "tokenizer_class": "BertTokenizer", "model_max_length": 64}""");
        return folder;
    }
}
