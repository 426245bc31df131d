using System.CommandLine;
using MiCse.Models;

namespace MiCse.Cli.Options;

/// <summary>The options of <c>micse serve</c>. The program that serves is another one, which compiles this file as well.</summary>
internal sealed class ServeOptions
{
    /// <summary>The variable of keys, separated by white space or commas.</summary>
    public const string KeysVariable = "MICSE_API_KEYS";

    /// <summary>OpenTelemetry's own variable of the address that traces and metrics go to.</summary>
    public const string OtlpVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public Option<string[]> Models { get; } = Several("--model", "MODEL",
        "A model to serve, or NAME=MODEL under another name: a folder, the built-in model, or an id on the Hugging Face Hub. May be given several times; the first one answers requests that name none (default: the built-in model).", "-m");

    public Option<int?> MaxTokens { get; } = Number.Optional("--max-tokens", "Longest sequence in tokens, [CLS] and [SEP] included; longer texts are cut (default: what the model takes).", 3);

    public Option<EncoderPrecision?> Precision { get; } =
        new Choice<EncoderPrecision>(Enum.GetValues<EncoderPrecision>(), precision => precision.Name()).ToOption(
            "--precision", "Arithmetic of the encoders (default: fp32 where a model has float weights, on a GPU fp16).");

    public Option<int?> Threads { get; } = Number.Optional("--threads", "Processor threads of each model (default: all).", 1);

    public DeviceOptions Device { get; } = new();

    public Option<int?> ModelMemory { get; } = Number.Optional("--model-memory", "MiB that the weights of all loaded models may take; the one not used for longest is unloaded (default: any number).", 1);

    public Option<double?> IdleUnload { get; } = Number.Optional("--idle-unload", "Minutes without a request after which a model other than the first is unloaded (default: never).", NumberRanges.Positive);

    public Option<string[]> Indexes { get; } = Several("--index", "NAME=INDEX", "An index that /search searches, under a name. May be given several times.");

    public Option<bool> Writable { get; } = new("--writable") { Description = "Let requests add to indexes and remove from them (POST /index/NAME)." };

    public Option<string> Host { get; } = new("--host") { Description = "The address to listen on: this machine alone unless another one is given.", HelpName = "ADDRESS", DefaultValueFactory = _ => "127.0.0.1" };

    public Option<int> Port { get; } = Number.WithDefault("--port", "The port to listen on; 0 takes a free one.", new NumberRange<int>(0, 65535), () => 8080);

    public Option<string[]> AllowedHosts { get; } = Several("--allow-host", "NAME",
        "A name by which clients reach the server, besides localhost and addresses; * for any. Others are refused. May be given several times.");

    public Option<string?> KeyFile { get; } = new("--api-keys") { Description = $"A file of keys, one a line, of which a request must have one; the variable {KeysVariable} has more (default: no key is needed).", HelpName = "FILE" };

    public Option<int?> RequestsPerMinute { get; } = Number.Optional("--requests-per-minute", "Requests a minute that each key may make (default: any number).", 1);

    public Option<string?> Certificate { get; } = new("--certificate") { Description = "A certificate (.pem, with the key in it or in --certificate-key) for HTTPS.", HelpName = "FILE" };

    public Option<string?> CertificateKey { get; } = new("--certificate-key") { Description = "The private key of the certificate (.pem).", HelpName = "FILE" };

    public Option<int> MaxBody { get; } = Number.WithDefault("--max-body", "MiB of a request's body at most.", new NumberRange<int>(1, 1024), () => 16);

    public Option<int> MaxTexts { get; } = Number.WithDefault("--max-texts", "Texts of a request at most.", 1, () => 16_384);

    public Option<int> MaxRequests { get; } = Number.WithDefault("--max-requests", "Requests that are answered at a time.", 1, () => 512);

    public Option<double> MaxWait { get; } = Number.WithDefault("--max-wait", "Seconds that a request may have to wait for its turn; when it would be more, it is refused with 429.", NumberRanges.Positive, () => 10);

    public Option<double> RequestTimeout { get; } = Number.WithDefault("--request-timeout", "Seconds after which a request is dropped.", NumberRanges.Positive, () => 300);

    public Option<bool> Strict { get; } = new("--strict") { Description = "Refuse texts that are too long for the model, unless a request asks for them to be cut." };

    public Option<bool> RefuseEmpty { get; } = new("--refuse-empty") { Description = "Refuse empty texts; else they have the embedding of start and end token." };

    public Option<bool> NoIds { get; } = new("--no-ids") { Description = "Refuse token ids in place of texts." };

    public Option<bool> NoPage { get; } = new("--no-page") { Description = "Leave out the page and the documentation." };

    public Option<string> Log { get; } = CreateLog();

    public Option<string?> OtlpEndpoint { get; } = new("--otlp-endpoint") { Description = $"Where traces and metrics go by OpenTelemetry's protocol, such as http://localhost:4317 (default: the variable {OtlpVariable}, else nowhere).", HelpName = "URL" };

    /// <summary>All of them under their headings, in the order of the help page.</summary>
    public IReadOnlyList<(string Title, IReadOnlyList<Option> Options)> Groups =>
    [
        ("Models", [Models, MaxTokens, Precision, Threads, .. Device.All, ModelMemory, IdleUnload]),
        ("Indexes", [Indexes, Writable]),
        ("Network", [Host, Port, AllowedHosts, KeyFile, RequestsPerMinute, Certificate, CertificateKey]),
        ("Limits", [MaxBody, MaxTexts, MaxRequests, MaxWait, RequestTimeout]),
        ("Texts", [Strict, RefuseEmpty, NoIds]),
        ("Output", [NoPage, Log, OtlpEndpoint]),
    ];

    private static Option<string> CreateLog()
    {
        var option = new Option<string>("--log") { Description = "What the log on the error stream looks like; one of text, json, none. Texts of requests are never in it.", HelpName = "KIND", DefaultValueFactory = _ => "text" };
        string[] kinds = ["text", "json", "none"];
        option.CompletionSources.Add(kinds);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var kind }] && !kinds.Contains(kind))
            {
                result.AddError($"{option.Name}: '{kind}' is not one of {string.Join(", ", kinds)}.");
            }
        });
        return option;
    }

    private static Option<string[]> Several(string name, string value, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };
}
