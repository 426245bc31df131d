using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class TokenizeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _tokenizer;

    public TokenizeCommandTests() => _tokenizer = TinyModel.WriteTokenizer(_folder.File("tokenizer"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Standard_input_becomes_lines_of_text_and_ids()
    {
        var run = CommandRun.With("The dog\nHéllo, wörld!\n", CancellationToken.None, "tokenize", "--tokenizer", _tokenizer);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Equal(2, run.JsonLines.Count);
        Assert.Equal("Héllo, wörld!", run.JsonLines[1].GetProperty("text").GetString());
        Assert.Equal([2, 5, 9, 3], run.JsonLines[0].GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Contains("Héllo", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_stages_are_named_on_request()
    {
        var run = CommandRun.With("The dog, [SEP]!\n", CancellationToken.None, "tokenize", "--tokenizer", _tokenizer, "--stages");

        Assert.Equal(
            [
                "micse: the stages are BertNormalizer → BertPreTokenizer → WordPiece → [CLS] text [SEP].",
                "BertNormalizer    the dog, [SEP]!",
                "BertPreTokenizer  the | dog | , | [SEP] | !",
                "WordPiece         " + Spelled(run)["[CLS] ".Length..^" [SEP]".Length],
                "[CLS] text [SEP]  " + Spelled(run),
            ],
            run.ErrorLines);

        string Spelled(CommandRun of) => string.Join(
            ' ', of.Json.GetProperty("ids").EnumerateArray().Select(id => MiCse.Tokenization.Tokenizer.Load(_tokenizer).TokenOf(id.GetInt32())));
    }

    [Fact]
    public void Cut_texts_are_counted_at_the_end()
    {
        var run = CommandRun.With("the dog plays\nthe\n", CancellationToken.None, "tokenize", "-", "--tokenizer", _tokenizer, "--max-tokens", "4");

        Assert.Equal("micse: 1 of 2 texts was longer than 4 tokens and cut.", Assert.Single(run.ErrorLines));
        Assert.Equal([2, 5, 9, 3], run.JsonLines[0].GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
    }

    [Fact]
    public void A_column_is_chosen_by_name()
    {
        var file = _folder.File("texts.csv");
        File.WriteAllText(file, "id,sentence\n1,the dog\n");

        var run = CommandRun.Of("tokenize", file, "--column", "sentence", "--tokenizer", _tokenizer);

        Assert.Equal("the dog", Assert.Single(run.JsonLines).GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("missing.txt")]
    [InlineData("texts.docx")]
    [InlineData("invalid.txt")]
    [InlineData("columns.csv")]
    public void A_file_that_cannot_be_read_is_one_sentence_with_its_name(string name)
    {
        File.WriteAllBytes(_folder.File("invalid.txt"), [0x41, 0xFF, 0x0A]);
        File.WriteAllText(_folder.File("texts.docx"), "text\n");
        File.WriteAllText(_folder.File("columns.csv"), "a,b\n1,2\n");

        var run = CommandRun.Of("tokenize", _folder.File(name), "--tokenizer", _tokenizer);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(name, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_one_sentence()
    {
        var run = CommandRun.With("text\n", CancellationToken.None, "tokenize", "--tokenizer", _folder.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public void Cancelling_ends_with_130()
    {
        var run = CommandRun.With("the dog\n", new CancellationToken(canceled: true), "tokenize", "--tokenizer", _tokenizer);

        Assert.Equal(130, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Single(run.ErrorLines);
    }
}
