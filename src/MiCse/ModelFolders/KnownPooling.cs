using MiCse.Models;

namespace MiCse.ModelFolders;

/// <summary>The pooling of published models whose folders do not say it.</summary>
internal static class KnownPooling
{
    private const string CacheFolderPrefix = "models--";
    private const string Plain = "the authors evaluate [CLS] before the pooler";
    private const string WithHead = "the authors evaluate [CLS] after the pooler";

    // For miCSE its paper; for SimCSE its README: `--pooler cls_before_pooler` for unsupervised models, `cls` for supervised ones.
    private static readonly Dictionary<string, (Pooling Pooling, string Reason)> s_models = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sap-ai-research/miCSE"] = (Pooling.ClsBeforePooler, Plain),
        ["SAP/miCSE"] = (Pooling.ClsBeforePooler, Plain),
        ["princeton-nlp/unsup-simcse-bert-base-uncased"] = (Pooling.ClsBeforePooler, Plain),
        ["princeton-nlp/unsup-simcse-bert-large-uncased"] = (Pooling.ClsBeforePooler, Plain),
        ["princeton-nlp/unsup-simcse-roberta-base"] = (Pooling.ClsBeforePooler, Plain),
        ["princeton-nlp/unsup-simcse-roberta-large"] = (Pooling.ClsBeforePooler, Plain),
        ["princeton-nlp/sup-simcse-bert-base-uncased"] = (Pooling.Cls, WithHead),
        ["princeton-nlp/sup-simcse-bert-large-uncased"] = (Pooling.Cls, WithHead),
        ["princeton-nlp/sup-simcse-roberta-base"] = (Pooling.Cls, WithHead),
        ["princeton-nlp/sup-simcse-roberta-large"] = (Pooling.Cls, WithHead),
    };

    /// <summary>The pooling of a model on the Hub and why, or null when it is not known here.</summary>
    public static (Pooling Pooling, string Reason)? Of(string id) => s_models.TryGetValue(id, out var known) ? known : null;

    /// <summary>The same for a folder in the Hub's cache, models--ORGANISATION--NAME/snapshots/COMMIT; null for any other folder.</summary>
    public static PoolingChoice? OfFolder(string folder)
    {
        var commit = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (commit.Parent is not { Name: "snapshots", Parent.Name: var name } || !name.StartsWith(CacheFolderPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var id = name[CacheFolderPrefix.Length..].Replace("--", "/", StringComparison.Ordinal);
        return Of(id) is { } known
            ? new PoolingChoice(known.Pooling, Normalize: false, $"known for {id}, which has no pooling file: {known.Reason}")
            : null;
    }
}
