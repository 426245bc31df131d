using MiCse.Search;
using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class IndexCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _index;

    public IndexCommandTests()
    {
        _model = TinyModel.Write(_folder.File("model"));
        _index = _folder.File("index");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData()]
    [InlineData("--id-column", "id")]
    public async Task A_pipe_with_a_name_is_read_once_and_whole(params string[] options)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "named pipes of a file system are Unix's");
        var pipe = _folder.File("texts.csv");
        using var made = System.Diagnostics.Process.Start("mkfifo", pipe);
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        var writing = Task.Run(() => File.WriteAllText(pipe, "id,text\na,the dog\nb,snow falls\n"), TestContext.Current.CancellationToken);

        var run = CommandRun.Of(["index", pipe, "--model", _model, "-o", _index, "--json", .. options]);

        Assert.Equal((0, 2), (run.ExitCode, run.Json.GetProperty("count").GetInt32()));
        await writing;
    }

    [Fact]
    public void Two_columns_of_one_name_are_refused()
    {
        File.WriteAllText(_folder.File("texts.csv"), "text,label,text\nfoo,x,bar\n");

        var run = CommandRun.Of("index", _folder.File("texts.csv"), "--model", _model, "-o", _index);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"micse: {_folder.File("texts.csv")}, line 1: the columns 1 and 3 are both called 'text'; give them different names.\n", run.Error);
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("int8")]
    public void What_was_indexed_is_found_exactly(string precision)
    {
        string[] texts = ["the dog plays", "snow falls in winter", "hello world", "a woman sings"];
        using var encoder = SentenceEncoder.Load(_model);

        var built = CommandRun.With(string.Join('\n', texts), CancellationToken.None, "index", "--model", _model, "-o", _index, "--precision", precision, "--json");
        var run = CommandRun.Of("search", _index, "snow in winter", "-k", "3", "--json");

        Assert.Equal(0, built.ExitCode);
        Assert.Empty(built.Error);
        Assert.Equal(["count", "dimensions", "bytes"], built.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal((4, 64), (built.Json.GetProperty("count").GetInt32(), built.Json.GetProperty("dimensions").GetInt32()));
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Equal(["query", "hits"], run.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal("snow in winter", run.Json.GetProperty("query").GetString());
        var hits = run.Json.GetProperty("hits").EnumerateArray().ToList();
        Assert.Equal(["id", "score", "text"], hits[0].EnumerateObject().Select(property => property.Name));
        var expected = texts.Select((text, row) => (Id: $"{row + 1}", Score: encoder.Similarity("snow in winter", text), Text: text)).OrderByDescending(hit => hit.Score).Take(3);
        Assert.Equal(expected.Select(hit => (hit.Id, hit.Text)), hits.Select(hit => (hit.GetProperty("id").GetString()!, hit.GetProperty("text").GetString()!)));
        Close.Assert(expected.Select(hit => hit.Score), hits.Select(hit => hit.GetProperty("score").GetDouble()), 1e-5);
    }

    [Fact]
    public void An_input_that_cannot_be_read_is_not_taken_for_an_output_that_cannot_be_written()
    {
        var missing = CommandRun.Of("index", _folder.File("missing.txt"), "--model", _model, "-o", _index);
        File.WriteAllText(_folder.File("secret.txt"), "text");
        if (!OperatingSystem.IsWindows() && Environment.UserName != "root")
        {
            File.SetUnixFileMode(_folder.File("secret.txt"), UnixFileMode.None);
            var secret = CommandRun.Of("index", _folder.File("secret.txt"), "--model", _model, "-o", _index);
            Assert.Contains("secret.txt: cannot be read, permission is denied", secret.Error, StringComparison.Ordinal);
        }

        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("missing.txt: there is no such file", missing.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be written", missing.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_index));
    }

    [Fact]
    public void Texts_are_added_replaced_removed_and_compacted()
    {
        File.WriteAllText(_folder.File("a.csv"), "key,text\nk1,the dog\nk2,winter\n");
        File.WriteAllText(_folder.File("b.csv"), "key,text\nk2,snow\nk3,music\n");
        Assert.Equal(0, CommandRun.Of("index", _folder.File("a.csv"), "--id-column", "key", "--model", _model, "-o", _index).ExitCode);

        var added = CommandRun.Of("index", "add", _index, _folder.File("b.csv"), "--id-column", "key", "--json");
        var numbered = CommandRun.With("hello\nworld\n", CancellationToken.None, "index", "add", _index, "--json");
        var removed = CommandRun.Of("index", "remove", _index, "k1", "2", "--json");
        var compacted = CommandRun.Of("index", "compact", _index, "--json");

        Assert.Equal((3, 2), (added.Json.GetProperty("count").GetInt32(), added.Json.GetProperty("added").GetInt32()));
        Assert.Equal((5, 2), (numbered.Json.GetProperty("count").GetInt32(), numbered.Json.GetProperty("added").GetInt32()));
        Assert.Equal((3, 2), (removed.Json.GetProperty("count").GetInt32(), removed.Json.GetProperty("removed").GetInt32()));
        Assert.Equal(3, compacted.Json.GetProperty("count").GetInt32());
        Assert.True(compacted.Json.GetProperty("bytes").GetInt64() < removed.Json.GetProperty("bytes").GetInt64());
        using var index = VectorIndex.Open(_index);
        Assert.Equal(
            [null, "snow", "music", "hello", null], new[] { "k1", "k2", "k3", "1", "2" }.Select(id => index.Find(id)?.Text));
    }

    [Fact]
    public void A_division_is_told_with_what_it_finds()
    {
        var texts = string.Join('\n', Enumerable.Range(0, 200).Select(number => $"the dog {number} plays {number % 7}"));
        Assert.Equal(0, CommandRun.With(texts, CancellationToken.None, "index", "--model", _model, "-o", _index).ExitCode);

        var people = CommandRun.Of("index", "compact", _index, "--approximate", "--cells", "8");
        var json = CommandRun.Of("index", "compact", _index, "--approximate", "--cells", "8", "--json").Json;
        var ended = CommandRun.Of("index", "compact", _index);

        using var index = VectorIndex.Open(_index);
        Assert.Matches(@"(?m)^cells +8$", people.Output);
        Assert.Matches(@"(?m)^recall +[0-9.]+ % of the 10 nearest in 1 cell$", people.Output);
        Assert.Equal(8, json.GetProperty("cells").GetInt32());
        var measured = json.GetProperty("recall")[0];
        Assert.Equal(1, measured.GetProperty("cells").GetInt32());
        Assert.InRange(measured.GetProperty("share").GetDouble(), 0.05, 1);
        Assert.DoesNotContain("cells", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void People_get_tables()
    {
        var built = CommandRun.With("the dog\nwinter\n", CancellationToken.None, "index", "--model", _model, "-o", _index);
        var one = CommandRun.Of("search", _index, "the dog");
        var two = CommandRun.Of("search", _index, "the dog", "winter", "-k", "1");

        Assert.StartsWith("texts       2\ndimensions  64\n", built.Output, StringComparison.Ordinal);
        Assert.Equal("1.0000  1  the dog", one.Output.Split('\n')[0]);
        Assert.Equal("the dog\n1.0000  1  the dog\n\nwinter\n1.0000  2  winter\n", two.Output);
    }

    [Fact]
    public void A_least_score_and_a_measure_reach_the_search()
    {
        CommandRun.With("the dog\nwinter\n", CancellationToken.None, "index", "--model", _model, "-o", _index);
        using var encoder = SentenceEncoder.Load(_model);
        var vector = encoder.Encode("the dog", TestContext.Current.CancellationToken);

        Assert.Equal(1, CommandRun.Of("search", _index, "the dog", "--min-score", "0.9999", "--json").Json.GetProperty("hits").GetArrayLength());
        var dot = CommandRun.Of("search", _index, "the dog", "--measure", "dot", "--json").Json.GetProperty("hits").EnumerateArray()
            .Single(hit => hit.GetProperty("id").GetString() == "1");
        Assert.Equal(MiCse.Vectors.Similarity.Dot(vector, vector), dot.GetProperty("score").GetDouble(), 1e-3);
    }

    [Fact]
    public void An_empty_corpus_is_an_empty_index()
    {
        var built = CommandRun.With("", CancellationToken.None, "index", "--model", _model, "-o", _index, "--json");
        var run = CommandRun.Of("search", _index, "the dog", "--json");

        Assert.Equal(0, built.Json.GetProperty("count").GetInt32());
        Assert.Equal((0, 0), (run.ExitCode, run.Json.GetProperty("hits").GetArrayLength()));
    }

    [Fact]
    public void Another_model_is_refused_and_the_same_one_elsewhere_is_not()
    {
        CommandRun.With("the dog\n", CancellationToken.None, "index", "--model", _model, "-o", _index);
        var moved = TinyModel.Write(_folder.File("moved"));
        using var other = new SmallModel();

        var refused = CommandRun.Of("search", _index, "the dog", "--model", other.Path);
        var added = CommandRun.With("winter\n", CancellationToken.None, "index", "add", _index, "--model", other.Path);

        Assert.Equal((1, 1), (refused.ExitCode, added.ExitCode));
        Assert.Contains("which cannot be compared with those of", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("which cannot be compared with those of", Assert.Single(added.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(0, CommandRun.Of("search", _index, "the dog", "--model", moved).ExitCode);
    }

    [Fact]
    public void The_index_remembers_the_pooling()
    {
        CommandRun.With("the dog\n", CancellationToken.None, "index", "--model", _model, "--pooling", "mean", "-o", _index);

        Assert.Equal("1.0000  1  the dog\n", CommandRun.Of("search", _index, "the dog").Output);
    }

    [Theory]
    [InlineData("key,text\na,x\n,y\n", "line 3: has no id")]
    [InlineData("key,text\na,x\nb,y\na,z\n", "line 4: has the id 'a', as line 2 has")]
    [InlineData("text\nx\n", "key")]
    public void Ids_that_are_none_are_one_sentence_and_leave_nothing(string csv, string sentence)
    {
        File.WriteAllText(_folder.File("a.csv"), csv);

        var run = CommandRun.Of("index", _folder.File("a.csv"), "--id-column", "key", "--model", _model, "-o", _index);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(sentence, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_index));
    }

    [Fact]
    public void An_id_that_is_not_there_removes_nothing()
    {
        CommandRun.With("the dog\nwinter\n", CancellationToken.None, "index", "--model", _model, "-o", _index);

        var run = CommandRun.Of("index", "remove", _index, "1", "99");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"micse: {_index}: has no text with the id '99'; nothing was removed.", Assert.Single(run.ErrorLines));
        using var index = VectorIndex.Open(_index);
        Assert.Equal(2, index.Count);
    }

    [Fact]
    public void Cancelling_ends_with_130_and_leaves_no_index()
    {
        var run = CommandRun.With("the dog\n", new CancellationToken(canceled: true), "index", "--model", _model, "-o", _index);

        Assert.Equal(130, run.ExitCode);
        Assert.Equal(["model"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void What_is_no_index_is_one_sentence()
    {
        Assert.Contains("there is no such index", Assert.Single(CommandRun.Of("search", _index, "the dog").ErrorLines), StringComparison.Ordinal);
        Assert.Contains("is not an index", Assert.Single(CommandRun.Of("search", _model, "the dog").ErrorLines), StringComparison.Ordinal);
        Assert.Contains("is not an index", Assert.Single(CommandRun.Of("index", "compact", _model).ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Subcommands_have_help_and_wrong_usage_of_their_own()
    {
        var help = CommandRun.Of("index", "add", "--help");
        var wrong = CommandRun.Of("index", "remove", _index);

        Assert.Contains("Usage: micse index add INDEX [FILE …] [options]", help.Output, StringComparison.Ordinal);
        Assert.Contains("--verbose", help.Output, StringComparison.Ordinal);
        Assert.Contains("  micse index add ", help.Output[help.Output.IndexOf("Example:", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Equal("`micse index remove --help` lists what can be given.", wrong.ErrorLines[^1]);
    }

    [Fact]
    public void Queries_of_a_file_are_answered_in_a_file()
    {
        CommandRun.With("the dog plays\nsnow falls\n", CancellationToken.None, "index", "--model", _model, "-o", _index);
        File.WriteAllText(_folder.File("queries.csv"), "n,text\n1,snow falls\n2,the dog\n");
        string[] command = ["search", _index, "a woman", "--queries", _folder.File("queries.csv"), "--top", "1"];

        var printed = CommandRun.Of([.. command, "--json"]);
        var run = CommandRun.Of([.. command, "-o", _folder.File("hits.jsonl")]);
        CommandRun.Of([.. command, "-o", _folder.File("hits.csv")]);

        Assert.Equal(["a woman", "snow falls", "the dog"], printed.JsonLines.Select(line => line.GetProperty("query").GetString()));
        Assert.Equal($"queries  3\nhits     3\nwritten  {_folder.File("hits.jsonl")}\n", run.Output);
        Assert.Equal(printed.Output, File.ReadAllText(_folder.File("hits.jsonl")));
        var rows = File.ReadAllLines(_folder.File("hits.csv"));
        Assert.Equal("query,rank,id,score,text", rows[0]);
        Assert.StartsWith("\"snow falls\",1,\"2\",", rows[2], StringComparison.Ordinal);
        Assert.EndsWith(",\"snow falls\"", rows[2], StringComparison.Ordinal);
    }

    [Fact]
    public void No_query_at_all_is_wrong_usage() => Assert.Equal(2, CommandRun.Of("search", _index).ExitCode);

    [Fact]
    public void Texts_and_queries_can_be_encoded_in_int8()
    {
        using var encoder = SentenceEncoder.Load(_model, new SentenceEncoderOptions { Precision = MiCse.Models.EncoderPrecision.Int8 });
        var expected = encoder.Similarity("snow falls in winter", "winter");

        CommandRun.With("snow falls in winter\n", CancellationToken.None, "index", "--model", _model, "-o", _index, "--encoder-precision", "int8");
        var run = CommandRun.Of("search", _index, "winter", "--precision", "int8", "--json");

        Assert.Equal(expected, run.Json.GetProperty("hits")[0].GetProperty("score").GetDouble(), 1e-6);
        Assert.NotEqual(expected, CommandRun.Of("search", _index, "winter", "--json").Json.GetProperty("hits")[0].GetProperty("score").GetDouble(), 1e-6);
    }
}
