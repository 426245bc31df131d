using MiCse.Tests;
using TorchSharp;

namespace MiCse.Training.Tests.Cli.Commands;

/// <summary><c>--device</c> and <c>--libtorch</c>, where there is no GPU.</summary>
public sealed class DeviceOptionTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("micse-").FullName;

    public DeviceOptionTests()
    {
        TinyModel.Write(Path.Combine(_root, "model"));
        File.WriteAllLines(Path.Combine(_root, "texts.txt"), ["the man", "a dog sings", "it is raining", "hello world"]);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("encode TEXTS --model MODEL --output OUT.npy")]
    [InlineData("index TEXTS --model MODEL --output OUT")]
    [InlineData("similarity dog man --model MODEL")]
    [InlineData("train --model MODEL --data TEXTS --batch-size 2 --attention-layers 0..2 --output OUT")]
    [InlineData("pretrain --model MODEL --data TEXTS --output OUT")]
    [InlineData("distill --teacher MODEL --data TEXTS --output OUT")]
    public void A_gpu_that_is_not_there_is_one_sentence_and_leaves_nothing(string command)
    {
        Assert.SkipWhen(torch.cuda.is_available(), "There is a GPU.");

        var run = Run($"{command} --device cuda");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("micse: There is no GPU that libtorch can use: ", run.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_root, "out*"));
    }

    [Fact]
    public void A_job_that_is_started_again_begins_where_there_is_nothing_to_go_on_from()
    {
        var begun = Run("train --model MODEL --data TEXTS --batch-size 2 --attention-layers 0..2 --steps 2 --threads 1 --output OUT --resume-if-any --quiet --json");

        Assert.Equal((0, ""), (begun.ExitCode, begun.Error));
        Assert.Equal(2, begun.Json.GetProperty("steps").GetInt32());
    }

    [Fact]
    public void Auto_encodes_on_the_processor_with_the_own_engine()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "There is a GPU.");

        Assert.Equal(0, Run("encode TEXTS --model MODEL --output OUT1.npy").ExitCode);
        Assert.Equal(0, Run("encode TEXTS --model MODEL --output OUT2.npy --device auto").ExitCode);

        Assert.Equal(File.ReadAllBytes(Path.Combine(_root, "out1.npy")), File.ReadAllBytes(Path.Combine(_root, "out2.npy")));
    }

    [Fact]
    public void Half_precision_on_the_processor_and_a_libtorch_that_nothing_uses_are_refused()
    {
        var half = Run("encode TEXTS --model MODEL --precision fp16");
        var unused = Run("encode TEXTS --model MODEL --libtorch /opt/torch/lib");

        Assert.Equal((2, "micse: --precision is fp16, which is computed on a GPU alone: choose that device, or fp32 or int8."), (half.ExitCode, half.ErrorLines[^1]));
        Assert.Equal(2, unused.ExitCode);
        Assert.Contains("give --device cuda or auto as well", unused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_finds_what_computes_on_gpus_in_the_folder_of_the_command_line()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "There is a GPU.");

        var beside = await ChildProcess.RunAsync("MiCse.Cli", _root, [], "serve", "--model", "model", "--port", "0", "--device", "cuda");
        var alone = await ChildProcess.RunAsync("MiCse.Serve", _root, [], "--model", "model", "--port", "0", "--device", "cuda");

        Assert.Equal((2, 2), (beside.ExitCode, alone.ExitCode));
        Assert.StartsWith("micse: There is no GPU that libtorch can use: ", beside.Error, StringComparison.Ordinal);
        Assert.StartsWith("micse: --device: MiCse.Training.dll, which computes on GPUs, is not in ", alone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Info_names_the_libtorch_where_a_device_is_asked_for()
    {
        var plain = Run("info --model MODEL --json").Json;
        var json = Run("info --model MODEL --json --device auto").Json;

        Assert.False(plain.TryGetProperty("libtorch", out _));
        Assert.StartsWith("2.10", json.GetProperty("libtorch").GetString(), StringComparison.Ordinal);
        Assert.True(Directory.Exists(json.GetProperty("libtorchFolder").GetString()));
    }

    private CommandRun Run(string command) => CommandRun.Of([.. command.Split(' ').Select(word => word switch
    {
        "MODEL" => Path.Combine(_root, "model"),
        "TEXTS" => Path.Combine(_root, "texts.txt"),
        _ when word.StartsWith("OUT", StringComparison.Ordinal) => Path.Combine(_root, $"out{word[3..]}"),
        _ => word,
    })]);
}
