using Microsoft.Extensions.VectorData;
using Microsoft.SemanticKernel.Data;

namespace SemanticKernelSearch;

internal sealed class HelpPage
{
    [VectorStoreKey]
    public int Number { get; set; }

    [VectorStoreData]
    [TextSearchResultName]
    public string Title { get; set; } = "";

    [VectorStoreData]
    [TextSearchResultValue]
    public string Text { get; set; } = "";

    /// <summary>Encoded when a page is put into the store, and never read back.</summary>
    [VectorStoreVector(384)]
    public string? Embedding { get; set; }

    public static IEnumerable<HelpPage> All => new (string Title, string Text)[]
    {
        ("Refunds", "Within thirty days a purchase is refunded in full."),
        ("Installing", "Download the program, open it and follow the three steps."),
        ("Crashes", "When the program closes at once, delete its settings and start it again."),
        ("Devices", "A licence is for three devices, computers and phones."),
        ("Printing", "Every page can be printed or saved as a PDF file."),
        ("Passwords", "A forgotten password is set anew with a link that comes by email."),
    }.Select((page, at) => new HelpPage { Number = at + 1, Title = page.Title, Text = page.Text, Embedding = $"{page.Title}. {page.Text}" });
}
