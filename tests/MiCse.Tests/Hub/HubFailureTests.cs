using MiCse.Files;
using MiCse.Hub;

namespace MiCse.Tests.Hub;

public sealed class HubFailureTests : HubTest
{
    [Theory]
    [InlineData(401, null, "", HubFailure.Unauthorized, "no such repository")]
    [InlineData(401, null, "hf_x", HubFailure.Unauthorized, "HF_TOKEN")]
    [InlineData(401, "GatedRepo", "", HubFailure.Gated, "set HF_TOKEN")]
    [InlineData(403, "GatedRepo", "hf_x", HubFailure.Gated, "has no access")]
    [InlineData(403, null, "hf_x", HubFailure.Refused, "forbids")]
    [InlineData(404, "RepoNotFound", "hf_x", HubFailure.NotFound, "no such repository")]
    [InlineData(404, "RevisionNotFound", "", HubFailure.NotFound, "no revision 'main'")]
    [InlineData(429, null, "", HubFailure.Busy, "too many requests")]
    [InlineData(502, null, "", HubFailure.Busy, "502")]
    [InlineData(451, null, "", HubFailure.Refused, "451")]
    public void Answers_become_sentences(int status, string? code, string token, HubFailure kind, string sentence)
    {
        AddModel();
        Server.Misbehave = _ => new Trouble { Status = status, Headers = code is null ? [] : [("X-Error-Code", code)] };

        var failure = Refused(options: Options with { Token = token.Length == 0 ? null : token });

        Assert.Equal(kind, failure.Failure);
        Assert.StartsWith(Id, failure.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Cache, "models--org--model")));
    }

    [Fact]
    public void What_the_server_says_is_quoted_on_one_short_line()
    {
        Server.Misbehave = _ => new Trouble { Status = 451, Headers = [("X-Error-Message", "Removed by its authors." + new string('x', 5000))] };

        var failure = Refused();

        Assert.Contains("(it says: Removed by its authors", failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Message.Length, 100, 400);
    }

    [Fact]
    public void A_missing_repository_revision_or_file_is_named()
    {
        AddModel();
        Server.Add("org/data", HubKind.Dataset);

        Assert.Contains("org/other", Refused(new HubRepository("org/other")).Message, StringComparison.Ordinal);
        Assert.Contains("no revision 'v9'", Refused(new HubRepository(Id, "v9")).Message, StringComparison.Ordinal);
        var failure = Assert.Throws<HubException>(() => FetchFile("hf://datasets/org/data/a.csv"));
        Assert.Equal(HubFailure.NotFound, failure.Failure);
        Assert.Contains("'a.csv'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gated_model_may_be_listed_for_everybody()
    {
        AddModel();
        Server.Misbehave = request => request.Method == "HEAD" ? new Trouble { Status = 401, Headers = [("X-Error-Code", "GatedRepo")] } : null;

        Assert.Equal(HubFailure.Gated, Refused().Failure);
        Assert.False(Directory.Exists(Path.Combine(Cache, "models--org--model")));
    }

    [Theory]
    [InlineData("86400", "86400 seconds")]
    [InlineData("Fri, 31 Dec 2100 23:59:59 GMT", "until 2100-12-31")]
    public void A_wait_that_is_too_long_is_not_waited(string after, string sentence)
    {
        Server.Misbehave = _ => new Trouble { Status = 429, Headers = [("Retry-After", after)] };

        Assert.Contains(sentence, Refused().Message, StringComparison.Ordinal);
        Assert.Empty(Time.Waits);
    }

    [Fact]
    public void No_network_is_told_with_the_host()
    {
        var failure = Refused(options: Options with { Endpoint = new Uri("http://127.0.0.1:1") });

        Assert.Equal(HubFailure.Unreachable, failure.Failure);
        Assert.Contains("127.0.0.1", failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, Time.Waits.Count);
    }

    [Fact]
    public void Without_the_Hub_the_copy_in_the_cache_serves_with_a_note()
    {
        AddModel();
        var download = Fetch();
        Server.Misbehave = _ => new Trouble { Status = 503 };

        var busy = Fetch();
        var unreachable = Fetch(options: Options with { Endpoint = new Uri("http://127.0.0.1:1") });

        Assert.Equal(download.Path, busy.Path);
        Assert.Contains("using the copy of commit aaaaaaa", busy.Note, StringComparison.Ordinal);
        Assert.Equal(download.Path, unreachable.Path);
        Assert.Contains("127.0.0.1", unreachable.Note, StringComparison.Ordinal);
        Assert.Empty(Time.Waits);
    }

    [Fact]
    public void Offline_asks_nobody()
    {
        AddModel();
        var offline = Options with { Offline = true };
        Assert.Equal(HubFailure.NotCached, Refused(options: offline).Failure);
        var download = Fetch();
        var before = Server.Requests.Count;

        Assert.Equal(download, Fetch(options: offline));

        Assert.Equal(before, Server.Requests.Count);
        File.Delete(Path.Combine(download.Path, "model.safetensors"));
        Assert.Equal(HubFailure.NotCached, Refused(options: offline).Failure);
    }

    [Fact]
    public void A_cache_that_does_not_tell_the_pooling_is_doubted()
    {
        AddModel();
        var download = Fetch();
        Directory.Delete(Path.Combine(Cache, "models--org--model", ".no_exist"), recursive: true);

        Assert.Contains("modules.json", Fetch(options: Options with { Offline = true }).Note, StringComparison.Ordinal);
        Assert.Null(download.Note);
    }

    [Fact]
    public void A_full_disk_keeps_what_came()
    {
        var repository = AddModel();

        var failure = Refused(disk: new FullDisk(6_000));

        Assert.Equal(HubFailure.DiskFull, failure.Failure);
        Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);
        AssertNothingHalf(repository);
        Fetch();
        AssertNothingHalf(repository);
    }

    [Fact]
    public void A_disk_that_is_too_small_is_not_filled()
    {
        AddModel();

        var failure = Refused(disk: new SmallDisk());

        Assert.Equal(HubFailure.DiskFull, failure.Failure);
        Assert.Empty(Server.StorageRequests);
    }

    [Fact]
    public void A_model_that_cannot_run_is_refused_before_its_weights()
    {
        AddModel().Files["config.json"] = Text("""{"model_type": "t5"}""");

        var failure = Assert.Throws<ModelFormatException>(() => Fetch());

        Assert.StartsWith("org/model, config.json: ", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Server.StorageRequests);
    }

    [Fact]
    public void A_repository_without_config_or_weights_is_no_model()
    {
        var repository = AddModel();
        repository.Files.Remove("model.safetensors");
        Assert.Contains("no weights", Refused().Message, StringComparison.Ordinal);
        repository.Files.Remove("config.json");
        Assert.Contains("no config.json", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_from_the_server_do_not_lead_out_of_the_cache()
    {
        var repository = AddModel();
        repository.Files.Remove("model.safetensors");
        repository.Files["model.safetensors.index.json"] = Text("""{"weight_map": {"a": "../../../../../escaped.safetensors"}}""");
        repository.ListedToo.AddRange(["../config.json", "/vocab.txt", "1_Pooling/../../config.json", "..\\vocab.txt", "C:\\vocab.txt"]);

        Assert.Throws<ModelFormatException>(() => Fetch());

        Assert.DoesNotContain(Everything(), line => line.Contains("escaped", StringComparison.Ordinal));
        Assert.All(Directory.EnumerateFileSystemEntries(Cache), path => Assert.Contains(Path.GetFileName(path), new[] { ".locks", "models--org--model" }));
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("not-a-hash")]
    [InlineData("")]
    public void A_hash_that_is_none_is_refused(string hash)
    {
        AddModel();
        Server.Misbehave = request => request.Method == "HEAD"
            ? new Trouble { Status = 200, Headers = [("X-Repo-Commit", new string('a', 40)), ("X-Linked-Etag", $"\"{hash}\""), ("X-Linked-Size", "5")] }
            : null;

        Assert.Equal(HubFailure.Refused, Refused().Failure);
    }

    [Theory]
    [InlineData("""{"sha": "../../../x", "siblings": []}""")]
    [InlineData("""{"siblings": []}""")]
    [InlineData("""{"sha": 5}""")]
    [InlineData("""[]""")]
    [InlineData("<html>Please sign in</html>")]
    public void A_listing_that_is_none_is_refused(string listing)
    {
        Server.Misbehave = _ => new Trouble { Status = 200, Text = listing };

        Assert.Equal(HubFailure.Refused, Refused().Failure);
    }

    [Fact]
    public void Redirects_that_never_end_do_end()
    {
        Server.Misbehave = request => new Trouble { Status = 307, Headers = [("Location", request.Path)] };

        Assert.Contains("10 times", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renamed_repository_is_followed()
    {
        var repository = AddModel();
        Server.Misbehave = request => request.Path.Contains("old/name", StringComparison.Ordinal)
            ? new Trouble { Status = 307, Headers = [("Location", request.Path.Replace("old/name", Id, StringComparison.Ordinal))] } : null;

        var download = Fetch(new HubRepository("old/name"));

        Assert.Contains("models--old--name", download.Path, StringComparison.Ordinal);
        Assert.Equal(repository.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(download.Path, "model.safetensors")));
    }

    private sealed class SmallDisk : CacheDisk
    {
        public override long? FreeSpace(string folder) => 9_000;
    }

    private sealed class FullDisk(long room) : CacheDisk
    {
        public override Stream Open(string path) => new LimitedStream(path, room);
    }

    private sealed class LimitedStream(string path, long room) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1)
    {
        private const int NoSpaceLeft = 28;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position + buffer.Length > room)
            {
                throw new IOException("No space left on device", NoSpaceLeft);
            }

            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
