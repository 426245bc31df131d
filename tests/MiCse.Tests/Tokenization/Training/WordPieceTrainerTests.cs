using CsCheck;
using MiCse.Files;
using MiCse.Tests.Data;
using MiCse.Tokenization;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.Training;

namespace MiCse.Tests.Tokenization.Training;

public sealed class WordPieceTrainerTests : IDisposable
{
    private static readonly string[] Letters = ["a", "a", "a", "b", "b", "c", " ", " ", ",", "É", "中", "🙂"];

    // Few letters, so that pairs tie, overlap (aaaa) and spell the same piece in two ways.
    private static readonly Gen<string[]> Texts =
        Gen.Int[0, 11].Select(index => Letters[index]).Array[0, 14].Select(string.Concat).Array[1, 20];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Merges_are_those_of_counting_everything_anew() =>
        Gen.Select(Texts, Gen.Int[2, 9], Gen.Int[1, 3], Gen.Int[0, 30], Gen.Bool).Sample((texts, characters, minFrequency, more, cased) =>
        {
            var words = WordCounts.Count(texts, !cased, 1);
            if (words.Total == 0)
            {
                return;
            }

            var options = new WordPieceTrainerOptions { Size = 1, MaxCharacters = characters, MinFrequency = minFrequency };
            options = options with { Size = SlowWordPieceTrainer.Train(words.Occurrences, options).Count + more };

            Assert.Equal(SlowWordPieceTrainer.Train(words.Occurrences, options), WordPieceTrainer.Train(words, "memory", options).Tokens);
        }, iter: 400);

    [Fact]
    public void A_small_text_by_hand()
    {
        // hug 4, pug 2, hugs 2: ##u ##g 8 times, h ##ug 6; then p ##ug before hug ##s, both 2, because p is older than hug.
        var tokenizer = Train(100, "Hug hug hug, hug", "pug hugs PUG hugs");

        Assert.Equal(
            ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ",", "g", "h", "p", "s", "u", "##g", "##s", "##u", "##ug", "hug", "pug", "hugs"],
            tokenizer.Tokens);
        Assert.Equal(["[CLS]", "hugs", ",", "pug", "s", "##ug", "[SEP]"], tokenizer.Tokenize("hugs, pug sug").Ids.Select(tokenizer.TokenOf));
        Assert.Equal(512, tokenizer.ModelMaxLength);
    }

    [Fact]
    public void The_number_of_threads_and_the_order_of_texts_change_nothing()
    {
        string[] texts = [.. File.ReadLines(Fixture.Shared("data", "wikipedia", "simcse-head.txt")).Take(2_000)];
        Array.Fill(texts, "", 10, 5);

        var vocabularies = new[] { (1, texts), (2, texts), (7, texts), (3, [.. texts.Reverse()]) }
            .Select(run => Train(WordCounts.Count(run.Item2, threads: run.Item1), 3_000).Tokens);

        Assert.Equal(3_000, vocabularies.First().Count);
        Assert.All(vocabularies, tokens => Assert.Equal(vocabularies.First(), tokens));
    }

    [Fact]
    public void A_size_that_the_text_allows_is_met_exactly() => Assert.All(
        Enumerable.Range(14, 5),
        size => Assert.Equal(size, Train(size, "Hug hug hug, hug", "pug hugs PUG hugs").VocabularySize));

    [Fact]
    public void Rare_pairs_are_not_merged() => Assert.Equal(
        ["ab"], Train(Count("ab ab cd"), 100, options => options with { MinFrequency = 2 }).Tokens.Skip(11));

    [Fact]
    public void A_word_with_a_rare_character_is_unknown_and_teaches_nothing()
    {
        // Without z, the pair a ##b of the last three words would be the most frequent one.
        var tokenizer = Train(Count("aa aa aa aab aab b b zab zab zab"), 10, options => options with { MaxCharacters = 2 });

        Assert.Equal(["a", "b", "##a", "##b", "aa"], tokenizer.Tokens.Skip(5));
        Assert.Equal([2, 1, 3], tokenizer.Tokenize("zab").Ids);
    }

    [Fact]
    public void A_word_too_long_to_be_tokenized_teaches_nothing()
    {
        var tokenizer = Train(100, string.Concat(Enumerable.Repeat("ab", 51)) + " ba ba");

        Assert.Equal(["a", "b", "##a", "##b", "ba"], tokenizer.Tokens.Skip(5));
    }

    [Fact]
    public void Capital_letters_and_accents_stay_when_asked_for()
    {
        var words = Count("É É É", lowerCase: false);

        Assert.Equal(["É"], Train(words, 6).Tokens.Skip(5));
    }

    [Fact]
    public void Coverage_counts_occurrences()
    {
        var tokenizer = Train(100, "hug hug hugs hugs");

        var coverage = VocabularyCoverage.Measure(tokenizer, Count("hug HUG hug shh x, hug gg"));

        // hug is one piece, g ##g two; h never stands inside a word, x and the comma not at all.
        Assert.Equal(new VocabularyCoverage(Words: 8, Known: 5, Whole: 4, Pieces: 4 + 2 + 3), coverage);
        Assert.Equal((5 / 8.0, 4 / 8.0, 9 / 8.0), (coverage.KnownShare, coverage.WholeShare, coverage.PiecesPerWord));
    }

    [Fact]
    public void What_is_saved_is_read_again_from_each_of_the_files()
    {
        var tokenizer = Train(Count("Été Été 中国 naïve naïve", lowerCase: false), 1000);
        tokenizer.Save(_folder.File("whole"));
        tokenizer.Save(_folder.File("text"));
        File.Delete(Path.Combine(_folder.File("text"), "tokenizer.json"));

        foreach (var folder in new[] { "whole", "text" })
        {
            var read = Tokenizer.Load(_folder.File(folder));
            Assert.Equal(tokenizer.Tokens, read.Tokens);
            Assert.False(Assert.IsType<BertNormalizer>(read.Parts.Normalizer).Settings.LowerCase);
            Assert.Equal(512, read.ModelMaxLength);
            Assert.Equal(tokenizer.Tokenize("Été, naïve 中!").Ids, read.Tokenize("Été, naïve 中!").Ids);
        }
    }

    [Fact]
    public void Too_small_a_size_says_the_least_that_is_possible()
    {
        var failure = Assert.Throws<DataFormatException>(() => Train(8, "ab ba"));

        Assert.Equal(
            "memory: a vocabulary of 8 is too small for its characters; ask for at least 9 (5 special tokens and 4 pieces of one character), or keep fewer characters.",
            failure.Message);
        Assert.Equal(9, Train(9, "ab ba").VocabularySize);
    }

    [Fact]
    public void A_text_without_words_is_refused() =>
        Assert.Equal("memory: has no words to make a vocabulary of.", Assert.Throws<DataFormatException>(() => Train(100, "", " \t")).Message);

    [Fact]
    public void Options_that_no_vocabulary_has_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Train(Count("a"), 10, options => options with { MaxCharacters = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Train(Count("a"), 10, options => options with { MinFrequency = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => WordCounts.Count(["a"], threads: 0, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Cancelling_ends_counting_and_merging()
    {
        var cancelled = new CancellationToken(canceled: true);

        Assert.Throws<OperationCanceledException>(() => WordCounts.Count(["ab ab"], cancellationToken: cancelled));
        Assert.Throws<OperationCanceledException>(() => WordPieceTrainer.Train(Count("ab ab"), "memory", cancellationToken: cancelled));
    }

    private static WordCounts Count(string text, bool lowerCase = true) =>
        WordCounts.Count([text], lowerCase, cancellationToken: TestContext.Current.CancellationToken);

    private static Tokenizer Train(int size, params string[] texts) => Train(WordCounts.Count(texts), size);

    private static Tokenizer Train(WordCounts words, int size, Func<WordPieceTrainerOptions, WordPieceTrainerOptions>? change = null)
    {
        var options = new WordPieceTrainerOptions { Size = size };
        return WordPieceTrainer.Train(words, "memory", change?.Invoke(options) ?? options);
    }
}
