using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;

namespace MiCse.EncodingSpeed.Measures;

/// <summary>A model that all contestants run.</summary>
/// <param name="Title">What the report calls it.</param>
/// <param name="Model">Its folder.</param>
internal sealed record Shape(string Title, string Model)
{
    private const int ExportTexts = 50;

    /// <summary>BERT-base's size with random weights, made when it is not there yet.</summary>
    public static Shape BertBase(Setting setting)
    {
        var folder = Path.Combine(setting.WorkFolder, "bert-base");
        if (!Directory.Exists(folder))
        {
            CommandRun.Of("init", "--tokenizer", setting.Tokenizer, "--layers", "12", "--hidden", "768", "--heads", "12", "--output", folder);
        }

        return new Shape("BERT-base size, random weights", folder);
    }

    /// <summary>The model that comes with this project.</summary>
    public static Shape Default { get; } = Of(Path.Combine("models", ModelSource.BuiltIn));

    /// <summary>A model in a folder, called as that.</summary>
    public static Shape Of(string folder) => new(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), Path.GetFullPath(folder));

    /// <summary>The folder of its ONNX export, made when it is not there yet.</summary>
    public string Exported(Setting setting)
    {
        var folder = Path.Combine(setting.WorkFolder, $"{Path.GetFileName(Model)}-onnx");
        if (!Directory.Exists(folder))
        {
            // What rounding costs random weights does not matter here.
            CommandRun.Of("export", "--model", Model, "--to", "onnx", "--min-cosine", "0", "--data", TextFiles.Write(setting, ExportTexts), "--output", folder);
        }

        return folder;
    }

    /// <summary>What texts ask of the model.</summary>
    public Work Work(IEnumerable<string> texts)
    {
        var folder = ModelFolder.Open(Model);
        var tokenizer = Tokenizer.Load(folder.TransformerPath);
        var lengths = texts.Select(text => tokenizer.Tokenize(text, folder.MaxTokens).Ids.Length).ToList();
        var (hidden, inner) = ((double)folder.Config.HiddenSize, (double)folder.Config.IntermediateSize);

        // Of the last layer, only [CLS] is computed when nothing else is read.
        var fullLayers = folder.Config.Layers - (folder.Pooling.Pooling is Pooling.Cls or Pooling.ClsBeforePooler ? 1 : 0);
        return new Work(lengths.Count, lengths.Sum(length => (long)length), lengths.Sum(Operations));

        double Operations(int length)
        {
            var keysAndValues = 2 * length * hidden * hidden;
            double Rows(double rows) => rows * ((2 * hidden * hidden) + (2 * hidden * inner) + (2 * length * hidden));
            return 2 * ((fullLayers * (keysAndValues + Rows(length))) + ((folder.Config.Layers - fullLayers) * (keysAndValues + Rows(1))));
        }
    }
}
