using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

/// <summary><c>encode --shards</c> and <c>merge</c>: many tasks, one result.</summary>
public sealed class ShardCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _corpus;
    private readonly string _parts;

    public ShardCommandTests()
    {
        _model = TinyModel.Write(_folder.File("model"));
        _corpus = _folder.File("corpus.txt");
        _parts = _folder.File("parts");
        File.WriteAllLines(_corpus, Enumerable.Range(0, 101).Select(number => $"the dog {number} plays {number % 7}"));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(101)]
    [InlineData(130)]
    public void Parts_put_together_are_what_one_process_writes(int shards)
    {
        Assert.All(Enumerable.Range(0, shards).Reverse(), shard => Assert.Equal(0, Encode(shard, shards).ExitCode));

        Assert.Equal(One("npy"), Merged("npy"));
        Assert.Equal(One("safetensors"), Merged("safetensors"));
    }

    [Theory]
    [InlineData("binary", false)]
    [InlineData("int8", true)]
    [InlineData("uint8", true)]
    public void Quantized_embeddings_have_the_same_ranges_in_all_shards(string type, bool needsRanges)
    {
        File.WriteAllLines(_folder.File("calibration.txt"), ["the woman sings", "snow falls", "hello world"]);
        string[] options = needsRanges ? ["--output-type", type, "--calibration", _folder.File("calibration.txt")] : ["--output-type", type];

        Assert.All(Enumerable.Range(0, 3), shard => Assert.Equal(0, Encode(shard, 3, options).ExitCode));

        Assert.Equal(One("npy", options), Merged("npy"));
    }

    [Fact]
    public void Quantized_embeddings_without_ranges_are_refused()
    {
        var run = Encode(0, 3, "--output-type", "int8");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--calibration", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_parts));
    }

    [Theory]
    [InlineData("SLURM_ARRAY_TASK_ID", "2")]
    [InlineData("JOB_COMPLETION_INDEX", "2")]
    [InlineData("AWS_BATCH_JOB_ARRAY_INDEX", "2")]
    [InlineData("SGE_TASK_ID", "3")]
    public void The_shard_is_the_number_that_the_scheduler_gives(string variable, string value)
    {
        // The count that Slurm gives is that of the tasks started now, and not of all shards.
        var run = EncodeWithin(name => name == variable ? value : name == "SLURM_ARRAY_TASK_COUNT" ? "2" : null, "--shards", "5", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, run.Json.GetProperty("shard").GetInt32());
        Assert.Equal(40, run.Json.GetProperty("firstRow").GetInt32());
        Assert.Equal(20, run.Json.GetProperty("texts").GetInt32());
    }

    [Theory]
    [InlineData("", "", "which shard")]
    [InlineData("SGE_TASK_ID=undefined", "", "which shard")]
    [InlineData("SGE_TASK_ID=0", "", "SGE_TASK_ID")]
    [InlineData("SLURM_ARRAY_TASK_ID=x", "", "SLURM_ARRAY_TASK_ID")]
    [InlineData("SLURM_ARRAY_TASK_ID=1 JOB_COMPLETION_INDEX=2", "", "another")]
    [InlineData("SLURM_ARRAY_TASK_ID=5", "", "the last shard is 4")]
    [InlineData("", "--shard 5", "the last shard is 4")]
    public void Which_shard_is_meant_must_be_clear(string environment, string options, string problem)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        var run = EncodeWithin(variables.GetValueOrDefault, ["--shards", "5", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(problem, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_parts));
    }

    [Theory]
    [InlineData("--shards", "6", "number of shards")]
    [InlineData("--max-tokens", "8", "8")]
    [InlineData("--limit", "50", "limit")]
    [InlineData("--normalize", null, "length 1")]
    [InlineData("--prompt", "query: ", "prompt")]
    [InlineData("--precision", "int8", "precision")]
    [InlineData("--output-type", "binary", "output type")]
    public void A_task_that_would_do_something_else_than_the_others_is_refused(string option, string? value, string problem)
    {
        Assert.Equal(0, Encode(0, 5).ExitCode);

        var run = option == "--shards" ? Encode(1, 6) : Encode(1, 5, value is null ? [option] : [option, value]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("plan.json", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_corpus_that_has_changed_is_refused_with_what_changed()
    {
        Assert.Equal(0, Encode(0, 5).ExitCode);
        File.WriteAllText(_corpus, File.ReadAllText(_corpus).Replace("dog 50", "dog 05", StringComparison.Ordinal));

        var run = Encode(1, 5);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("corpus.txt (", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_done_is_not_done_again()
    {
        Encode(2, 5);
        var before = Directory.GetFiles(_parts).Order(StringComparer.Ordinal).Select(file => (file, File.GetLastWriteTimeUtc(file))).ToList();

        var run = Encode(2, 5, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.False(run.Json.GetProperty("new").GetBoolean());
        Assert.Equal(before, Directory.GetFiles(_parts).Order(StringComparer.Ordinal).Select(file => (file, File.GetLastWriteTimeUtc(file))));
    }

    [Theory]
    [InlineData("part-00002-of-00005.npy", true)]
    [InlineData("part-00002-of-00005.npy", false)]
    [InlineData("part-00002-of-00005.json", true)]
    [InlineData("part-00002-of-00005.json", false)]
    public void A_part_that_is_damaged_or_gone_is_missing_and_made_again(string file, bool delete)
    {
        Assert.All(Enumerable.Range(0, 5), shard => Assert.Equal(0, Encode(shard, 5).ExitCode));
        var path = Path.Combine(_parts, file);
        var bytes = File.ReadAllBytes(path);
        if (delete)
        {
            File.Delete(path);
        }
        else
        {
            bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(path, bytes);
        }

        var check = CommandRun.Of("merge", _parts, "--check");
        Assert.Equal((75, "2\n"), (check.ExitCode, check.Output));
        Assert.True(Encode(2, 5, "--json").Json.GetProperty("new").GetBoolean());
        Assert.Equal((0, ""), (CommandRun.Of("merge", _parts, "--check").ExitCode, CommandRun.Of("merge", _parts, "--check").Output));
        Assert.Equal(One("npy"), Merged("npy"));
    }

    [Fact]
    public void Missing_shards_are_listed_as_schedulers_take_them()
    {
        Assert.All([0, 3, 4, 9], shard => Assert.Equal(0, Encode(shard, 10).ExitCode));

        var check = CommandRun.Of("merge", _parts, "--check");
        var merge = CommandRun.Of("merge", _parts, "-o", _folder.File("merged.npy"));

        Assert.Equal((75, "1-2,5-8\n"), (check.ExitCode, check.Output));
        Assert.Equal([1, 2, 5, 6, 7, 8], CommandRun.Of("merge", _parts, "--check", "--json").Json.GetProperty("missing").EnumerateArray().Select(shard => shard.GetInt32()));
        Assert.Equal(75, merge.ExitCode);
        Assert.Contains("1-2,5-8", Assert.Single(merge.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("merged.npy")));
    }

    [Fact]
    public void Grid_Engine_counts_tasks_from_1()
    {
        Assert.All([0, 3, 4], shard => Assert.Equal(0, Encode(shard, 9).ExitCode));

        var check = CommandRun.Of("merge", _parts, "--check", "--first-task", "1");

        Assert.Equal((75, "2-3,6-9\n"), (check.ExitCode, check.Output));
        Assert.Equal(2, CommandRun.Of("merge", _parts, "--check", "--json", "--first-task", "1").ExitCode); // whose numbers are those of shards
        Assert.Equal(2, CommandRun.Of("merge", _parts, "-o", _folder.File("merged.npy"), "--first-task", "1").ExitCode);
        var missing = EncodeWithin(name => name == "SGE_TASK_ID" ? "9" : null, "--shards", "9", "--json");
        Assert.Equal(8, missing.Json.GetProperty("shard").GetInt32());
    }

    [Fact]
    public void A_name_of_a_file_is_no_folder_of_parts()
    {
        var run = CommandRun.Of("encode", _corpus, "--model", _model, "--shards", "2", "--shard", "0", "-o", _folder.File("x.npy"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("name a folder", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.False(Path.Exists(_folder.File("x.npy")));
    }

    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE=4", 2)]
    [InlineData("PMI_SIZE=4", 2)]
    [InlineData("PMIX_RANK=0 SLURM_STEP_NUM_TASKS=4", 2)]
    [InlineData("OMPI_COMM_WORLD_SIZE=1", 0)]
    [InlineData("SLURM_NTASKS=4", 0)] // of a batch script, which is one process
    public void Processes_that_a_launcher_has_started_do_not_each_encode_everything(string environment, int exitCode)
    {
        var variables = environment.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        var run = CommandRun.Within(variables.GetValueOrDefault, "encode", _corpus, "--model", _model, "-o", _folder.File("all.npy"));

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(exitCode == 0, File.Exists(_folder.File("all.npy")));
        if (exitCode != 0)
        {
            Assert.Contains("give --shards 4, and to each its own --shard", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tasks_that_run_twice_and_at_once_do_no_harm()
    {
        var token = TestContext.Current.CancellationToken;

        var runs = await Task.WhenAll(Enumerable.Range(0, 12).Select(run => Task.Run(() => Encode(run % 4, 4), token)));

        Assert.All(runs, run => Assert.Equal((0, ""), (run.ExitCode, run.Error)));
        Assert.Equal(One("npy"), Merged("npy"));
        Assert.Equal(9, Directory.GetFiles(_parts).Length);
    }

    [Fact]
    public void Rows_of_several_files_go_over_their_ends()
    {
        File.WriteAllText(_folder.File("a.csv"), "id,text\nx,\"the dog\nplays\"\ny,snow falls\n");
        File.WriteAllText(_folder.File("b.csv"), "id,text\n");
        File.WriteAllText(_folder.File("c.csv"), "id,text\nz,hello\nw,winter\nv,music\n");
        string[] corpus = [_folder.File("a.csv"), _folder.File("b.csv"), _folder.File("c.csv")];

        Assert.All(Enumerable.Range(0, 2), shard => Assert.Equal(0, CommandRun.Of(["encode", .. corpus, "--model", _model, "--shards", "2", "--shard", $"{shard}", "-o", _parts]).ExitCode));
        Assert.Equal(0, CommandRun.Of(["encode", .. corpus, "--model", _model, "-o", _folder.File("one.npy")]).ExitCode);

        Assert.Equal(File.ReadAllBytes(_folder.File("one.npy")), Merged("npy"));
        Assert.Equal(0, CommandRun.Of("merge", _parts, "--index", _folder.File("ids.index"), "--id-column", "id").ExitCode);
        Assert.Equal("w", CommandRun.Of("search", _folder.File("ids.index"), "winter", "-k", "1", "--json").Json.GetProperty("hits")[0].GetProperty("id").GetString());
    }

    [Fact]
    public void An_index_of_parts_is_searched_as_one_made_at_once()
    {
        Assert.All(Enumerable.Range(0, 3), shard => Assert.Equal(0, Encode(shard, 3).ExitCode));

        var merge = CommandRun.Of("merge", _parts, "--index", _folder.File("merged.index"), "--json");
        Assert.Equal((0, 101), (merge.ExitCode, merge.Json.GetProperty("count").GetInt32()));
        Assert.Equal(0, CommandRun.Of("index", _corpus, "--model", _model, "-o", _folder.File("once.index")).ExitCode);

        string[] search = ["the dog plays 3", "-k", "20", "--json"];
        var found = CommandRun.Of(["search", _folder.File("merged.index"), .. search]);
        Assert.Equal((0, ""), (found.ExitCode, found.Error));
        Assert.Equal(CommandRun.Of(["search", _folder.File("once.index"), .. search]).Output, found.Output);
    }

    [Fact]
    public void A_corpus_that_was_moved_is_named_again_and_another_refused()
    {
        Assert.Equal(0, Encode(0, 1).ExitCode);
        File.Move(_corpus, _folder.File("moved.txt"));
        File.WriteAllText(_corpus, "something else\n");

        Assert.Equal(1, CommandRun.Of("merge", _parts, "--index", _folder.File("merged.index")).ExitCode);
        Assert.False(Directory.Exists(_folder.File("merged.index")));
        Assert.Equal(0, CommandRun.Of("merge", _parts, "--index", _folder.File("merged.index"), "--corpus", _folder.File("moved.txt")).ExitCode);
    }

    [Fact]
    public void A_file_system_that_fails_is_worth_another_try()
    {
        Assert.Equal(0, Encode(0, 5).ExitCode);
        Directory.CreateDirectory(Path.Combine(_parts, "part-00001-of-00005.npy")); // as good as any place that cannot be written

        var run = Encode(1, 5);

        Assert.Equal(75, run.ExitCode);
        Assert.Contains("run it again", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan.json", "\"version\": 1", "\"version\": 9", "version 9")]
    [InlineData("plan.json", "\"shards\": 5", "\"shards\": -5", "do not go together")]
    [InlineData("plan.json", "\"rows\": 101", "\"rows\": 5000000000", "do not go together")]
    [InlineData("plan.json", "{", "", "not what")]
    public void A_damaged_plan_is_one_sentence(string file, string old, string now, string problem)
    {
        Assert.Equal(0, Encode(0, 5).ExitCode);
        var path = Path.Combine(_parts, file);
        var text = File.ReadAllText(path);
        var at = text.LastIndexOf(old, StringComparison.Ordinal);
        File.WriteAllText(path, text[..at] + now + text[(at + old.Length)..]);

        Assert.All([CommandRun.Of("merge", _parts, "--check"), Encode(1, 5)], run =>
        {
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(problem, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Standard_input_cannot_be_shared()
    {
        var run = CommandRun.With("the dog\n", CancellationToken.None, "encode", "--model", _model, "--shards", "2", "--shard", "0", "-o", _parts);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("standard input", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Ctrl_C_leaves_no_part()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        var run = CommandRun.With("", cancelled.Token, "encode", _corpus, "--model", _model, "--shards", "2", "--shard", "0", "-o", _parts);

        Assert.Equal(130, run.ExitCode);
        Assert.True(!Directory.Exists(_parts) || Directory.GetFiles(_parts, "*part*").Length == 0);
    }

    private CommandRun Encode(int shard, int shards, params string[] options) =>
        CommandRun.Of(["encode", _corpus, "--model", _model, "--shards", $"{shards}", "--shard", $"{shard}", "-o", _parts, .. options]);

    private CommandRun EncodeWithin(Func<string, string?> variable, params string[] options) =>
        CommandRun.Within(variable, ["encode", _corpus, "--model", _model, "-o", _parts, .. options]);

    private byte[] One(string ending, params string[] options)
    {
        Assert.Equal(0, CommandRun.Of(["encode", _corpus, "--model", _model, "-o", _folder.File($"one.{ending}"), .. options]).ExitCode);
        return File.ReadAllBytes(_folder.File($"one.{ending}"));
    }

    private byte[] Merged(string ending)
    {
        var run = CommandRun.Of("merge", _parts, "-o", _folder.File($"merged.{ending}"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return File.ReadAllBytes(_folder.File($"merged.{ending}"));
    }
}
