using System.Collections.Concurrent;
using System.Globalization;
using CsCheck;
using MiCse.Hub;

namespace MiCse.Tests.Hub;

public sealed class TransferTests : HubTest
{
    private string Weights => Path.Combine(Cache, "models--org--model", "snapshots", new string('a', 40), "model.safetensors");

    private string Incomplete(HubServerRepository repository) => Path.Combine(
        Cache, "models--org--model", "blobs", HubServer.HashOf("model.safetensors", repository.Files["model.safetensors"]) + ".incomplete");

    private bool IsFrom(int least, SeenRequest request) =>
        request.Port == Server.Storage.Port && int.Parse(request.Range[6..request.Range.IndexOf('-')], CultureInfo.InvariantCulture) >= least;

    [Fact]
    public void Connections_cut_at_random_points_lose_nothing()
    {
        var cuts = Gen.Select(Gen.Int[1, 9_000], Gen.Int[0, 1500].Array[0, 12], Gen.Bool);
        cuts.Sample(
            (size, points, ignoreRanges) =>
            {
                var repository = AddModel();
                repository.Files["model.safetensors"] = Bytes(size, seed: size);
                var left = new ConcurrentQueue<int>(points);
                Server.Misbehave = request => request.Method != "GET" || request.Path.StartsWith("/api", StringComparison.Ordinal) || !left.TryDequeue(out var point)
                    ? new Trouble { IgnoreRanges = ignoreRanges }
                    : new Trouble { CutAfter = point, IgnoreRanges = ignoreRanges };

                // Attempts that give up leave something to go on from and nothing that looks finished.
                for (var attempt = 0; ; attempt++)
                {
                    try
                    {
                        Fetch();
                        break;
                    }
                    catch (HubException failure) when (attempt < points.Length)
                    {
                        Assert.Equal(HubFailure.Unreachable, failure.Failure);
                        AssertNothingHalf(repository);
                    }
                }

                Assert.Equal(repository.Files["model.safetensors"], File.ReadAllBytes(Weights));
                AssertNothingHalf(repository);
                Directory.Delete(Cache, recursive: true);
            },
            iter: 25,
            threads: 1);
    }

    [Fact]
    public void Ranges_are_fetched_and_later_ones_ask_for_the_same_state()
    {
        AddModel();

        Fetch();

        Assert.Equal(
            Enumerable.Range(0, 10).Select(index => $"bytes={index * 1024}-{Math.Min((index + 1) * 1024, 10_000) - 1}"),
            Server.StorageRequests.Select(request => request.Range).OrderBy(range => int.Parse(range[6..range.IndexOf('-')], CultureInfo.InvariantCulture)));
        Assert.Equal("", Server.StorageRequests[0].IfMatch);
        Assert.All(Server.StorageRequests.Skip(1), request => Assert.StartsWith("\"storage-", request.IfMatch, StringComparison.Ordinal));
    }

    [Fact]
    public void What_another_attempt_left_is_taken_up()
    {
        var repository = AddModel();
        Directory.CreateDirectory(Path.GetDirectoryName(Incomplete(repository))!);
        File.WriteAllBytes(Incomplete(repository), repository.Files["model.safetensors"][..9_500]);

        Fetch();

        Assert.Equal(["bytes=9500-9999"], Server.StorageRequests.Select(request => request.Range));
        Assert.Equal(repository.Files["model.safetensors"], File.ReadAllBytes(Weights));
        Assert.False(File.Exists(Incomplete(repository)));
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(10_000)]
    [InlineData(12_000)]
    public void What_another_attempt_left_damaged_is_fetched_anew(int length)
    {
        var repository = AddModel();
        Directory.CreateDirectory(Path.GetDirectoryName(Incomplete(repository))!);
        File.WriteAllBytes(Incomplete(repository), Bytes(length, seed: 7));

        Fetch();

        Assert.Equal(repository.Files["model.safetensors"], File.ReadAllBytes(Weights));
    }

    [Fact]
    public void What_came_before_the_end_of_the_network_is_kept_without_gaps()
    {
        var repository = AddModel();
        Server.Misbehave = request => IsFrom(4096, request) ? new Trouble { CutAfter = 100 } : null;

        Assert.Equal(HubFailure.Unreachable, Refused().Failure);

        // Five attempts at the range that is next, 100 bytes each; what came of later ranges is not put behind a gap.
        Assert.Equal(repository.Files["model.safetensors"][..(4096 + 500)], File.ReadAllBytes(Incomplete(repository)));
        AssertNothingHalf(repository);
    }

    [Fact]
    public void A_cancelled_download_goes_on_later()
    {
        var repository = AddModel();
        using var cancellation = new CancellationTokenSource();
        Server.Misbehave = request => IsFrom(4096, request) ? new Trouble { CutAfter = 10, Silent = true } : null;
        var small = repository.Files.Where(file => file.Key != "model.safetensors").Sum(file => file.Value.Length);

        // Four connections have got ten bytes each and wait for more.
        void CancelThen(HubProgress progress)
        {
            if (progress.Received == small + 4096 + 40)
            {
                cancellation.Cancel();
            }
        }

        FetchUntil(CancelThen, cancellation.Token);

        Assert.Equal(repository.Files["model.safetensors"][..4106], File.ReadAllBytes(Incomplete(repository)));
        AssertNothingHalf(repository);
        Server.Misbehave = _ => null;
        Fetch();
        AssertNothingHalf(repository);
    }

    [Fact]
    public void A_server_that_falls_silent_is_asked_again()
    {
        var repository = AddModel();
        var silent = 1;
        Server.Misbehave = request =>
            request.Port == Server.Storage.Port && Interlocked.Exchange(ref silent, 0) == 1 ? new Trouble { CutAfter = 500, Silent = true } : null;

        Fetch(limits: Limits with { Patience = TimeSpan.FromSeconds(3) });

        Assert.Equal(repository.Files["model.safetensors"], File.ReadAllBytes(Weights));
    }

    [Fact]
    public void Other_bytes_than_announced_are_refused()
    {
        var repository = AddModel();
        Server.Misbehave = request => request.Port == Server.Storage.Port ? new Trouble { Content = Bytes(10_000, seed: 5) } : null;

        var failure = Refused();

        Assert.Equal(HubFailure.Corrupt, failure.Failure);
        Assert.Contains("model.safetensors", failure.Message, StringComparison.Ordinal);
        Assert.Contains("hash", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Incomplete(repository)));
        AssertNothingHalf(repository);
    }

    [Fact]
    public void Small_files_are_checked_too()
    {
        var repository = AddModel();
        Server.Misbehave = request => request is { Method: "GET" } && request.Path.EndsWith("vocab.txt", StringComparison.Ordinal)
            ? new Trouble { Content = Text("[PAD]\n[UNX]\n") } : null;

        Assert.Equal(HubFailure.Corrupt, Refused().Failure);
        AssertNothingHalf(repository);
    }

    [Theory]
    [InlineData(9_000)]
    [InlineData(11_000)]
    public void Another_length_than_announced_is_refused(int length)
    {
        AddModel();
        Server.Misbehave = request => request.Port == Server.Storage.Port ? new Trouble { Content = Bytes(length) } : null;

        var failure = Refused();

        Assert.Equal(HubFailure.Corrupt, failure.Failure);
        Assert.Contains("10000 bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_names_the_file_otherwise_is_asked_without_the_name()
    {
        var repository = AddModel();
        var count = 0;
        Server.Misbehave = request => request.Port != Server.Storage.Port ? null
            : request.IfMatch.Contains("-1", StringComparison.Ordinal) ? new Trouble { Status = 412 }
            : new Trouble { Tag = $"\"mirror-{Interlocked.Increment(ref count)}\"" };

        Fetch();

        Assert.Equal(repository.Files["model.safetensors"], File.ReadAllBytes(Weights));
    }

    [Fact]
    public void The_token_goes_to_the_Hub_and_to_nobody_else()
    {
        AddModel();

        Fetch(options: Options with { Token = "hf_secret" });

        Assert.All(Server.Requests, request => Assert.Equal(request.Port == Server.Endpoint.Port ? "Bearer hf_secret" : "", request.Authorization));
        Assert.NotEmpty(Server.StorageRequests);
    }

    [Fact]
    public void Retry_After_is_honoured()
    {
        AddModel();
        var left = 2;
        Server.Misbehave = request => request.Path.StartsWith("/api", StringComparison.Ordinal) && left-- > 0
            ? new Trouble { Status = 429, Headers = [("Retry-After", "17")] } : null;

        Fetch();

        Assert.Equal([TimeSpan.FromSeconds(17), TimeSpan.FromSeconds(17)], Time.Waits);
    }

    [Fact]
    public void Overload_is_waited_out_longer_and_longer()
    {
        AddModel();
        var left = 4;
        Server.Misbehave = request => request.Port == Server.Storage.Port && left-- > 0 ? new Trouble { Status = 503 } : null;

        Fetch();

        Assert.Equal(4, Time.Waits.Count);
        Assert.InRange(Time.Waits.Sum(wait => wait.TotalSeconds), 1, 60);
    }
}
