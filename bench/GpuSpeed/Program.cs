using System.CommandLine;
using System.Globalization;
using MiCse.GpuSpeed;
using MiCse.Inference;
using MiCse.Training.Native;

// Parity first: figures of a device that computes something else are worth nothing.
var device = new Option<string>("--device") { Description = "cuda, or cpu for libtorch on the processor.", DefaultValueFactory = _ => "cuda" };
device.AcceptOnlyFromAmong("cuda", "cpu");
var layers = new Option<int>("--layers") { Description = "Of the model whose speed is measured; the defaults are BERT-base's.", DefaultValueFactory = _ => 12 };
var hidden = new Option<int>("--hidden") { DefaultValueFactory = _ => 768 };
var heads = new Option<int>("--heads") { DefaultValueFactory = _ => 12 };
var texts = new Option<int>("--texts") { Description = "Sentences to encode.", DefaultValueFactory = _ => 100_000 };
var steps = new Option<int>("--steps") { Description = "Steps of each training, more than 20; a multiple of 20.", DefaultValueFactory = _ => 100 };
var batch = new Option<int>("--batch-size") { Description = "Sentences of a contrastive batch.", DefaultValueFactory = _ => 256 };
var output = new Option<string?>("--output", "-o") { Description = "The Markdown file to write besides printing it." };
var root = new RootCommand("Compares a GPU with the processor: vectors, losses, and how fast it encodes and trains.") { device, layers, hidden, heads, texts, steps, batch, output };
root.SetAction(parsed =>
{
    using var setting = new Setting(
        parsed.GetRequiredValue(device) == "cuda" ? ComputeDevice.Cuda : ComputeDevice.Cpu,
        new(parsed.GetValue(layers), parsed.GetValue(hidden), parsed.GetValue(heads)),
        parsed.GetValue(texts),
        parsed.GetValue(steps),
        parsed.GetValue(batch));
    var lines = new List<string>();
    foreach (var line in Report(setting, string.Join(' ', args)))
    {
        Console.WriteLine(line); // at once: a measurement may take minutes
        lines.Add(line);
    }

    if (parsed.GetValue(output) is { } file)
    {
        File.WriteAllLines(file, lines);
    }

    return 0;
});
return root.Parse(args).Invoke();

static IEnumerable<string> Report(Setting setting, string arguments)
{
    var status = LibTorchStatus.Of(setting.Device);
    var size = setting.Size;
    yield return "# A GPU beside the processor";
    yield return "";
    yield return $"    bench/gpu.sh {arguments}";
    yield return "";
    yield return string.Create(
        CultureInfo.InvariantCulture,
        $"Device {status.Device}, libtorch {status.Version}, {status.Gpus} GPUs, {Environment.ProcessorCount} processors; speed of {size.Layers} layers of {size.HiddenSize} with random weights.");
    yield return "";
    foreach (var part in new[] { TrainingPart.Parity(setting), EncodingPart.Run(setting), TrainingPart.Speed(setting) })
    {
        foreach (var line in part)
        {
            yield return line;
        }

        yield return "";
    }
}
