using System.Text.Json;
using MiCse.Evaluation;
using MiCse.Evaluation.Reports;
using MiCse.Evaluation.Tasks;
using MiCse.Tests.Data;

namespace MiCse.Tests.Evaluation.Reports;

/// <summary>The forms an evaluation is shown in.</summary>
public class EvaluationDocumentTests
{
    private static readonly EvaluationReport Report = new(
        [
            new StsResult("STS13", EvaluationSplit.Test, new(5, 0.5, 0.25), [new("FNWN", new(3, 0.5, 0.125)), new("OnWN", new(2, double.NaN, 1))], [])
            {
                Interval = new(0.25, 0.75),
            },
            new StsResult("STSBenchmark", EvaluationSplit.Dev, new(3, 0.75, 0.5), [new("dev", new(3, 0.75, 0.5))],
                [new(new("a | b", "c", 1), 0.1), new(new("d", "e", 2), 0.9), new(new("f", "g", 3), 0.2)])
            {
                AlignmentUniformity = new(0.25, -2.5),
            },
        ],
        [new TransferResult("MRPC", EvaluationSplit.Test, 0.75, 0.8, [true, true, false, true]) { Interval = new(0.25, 1) }],
        [new MissingTask("STS16", "some/file")]);

    [Fact]
    public void The_json_document_keeps_its_contract()
    {
        var expected = JsonDocument.Parse("""
            {"model":"tiny",
             "tasks":{
               "STS13":{"split":"test","pairs":5,"spearman":0.5,"pearson":0.25,"interval":[0.25,0.75],
                 "mean":{"spearman":null,"pearson":0.5625},"wmean":{"spearman":null,"pearson":0.475},
                 "subsets":{"FNWN":{"pairs":3,"spearman":0.5,"pearson":0.125},"OnWN":{"pairs":2,"spearman":null,"pearson":1}}},
               "STSBenchmark":{"split":"dev","pairs":3,"spearman":0.75,"pearson":0.5,"interval":null,
                 "mean":{"spearman":0.75,"pearson":0.5},"wmean":{"spearman":0.75,"pearson":0.5},"alignment":0.25,"uniformity":-2.5,
                 "subsets":{"dev":{"pairs":3,"spearman":0.75,"pearson":0.5}}},
               "MRPC":{"split":"test","accuracy":0.75,"f1":0.8,"interval":[0.25,1]}},
             "average":{"sts":0.625,"transfer":0.75},
             "missing":["STS16"],
             "worst":[{"task":"STSBenchmark","first":"d","second":"e","gold":2,"similarity":0.9,"rankGap":0.3333333333333333}]}
            """);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, Json(new EvaluationDocument("tiny", Report) { WorstPairs = 1 })));
    }

    [Fact]
    public void The_json_document_has_the_comparison_when_there_is_one()
    {
        var comparison = Json(Compared()).GetProperty("comparison");
        Assert.Equal("other", comparison.GetProperty("against").GetString());
        var sts = comparison.GetProperty("tasks").GetProperty("STS13");
        Assert.Equal(0.125, sts.GetProperty("difference").GetDouble());
        Assert.Equal(0.04, sts.GetProperty("p").GetDouble());
        Assert.Equal([0.0625, 0.25], sts.GetProperty("interval").EnumerateArray().Select(bound => bound.GetDouble()));
        Assert.Equal(JsonValueKind.Null, comparison.GetProperty("average").GetProperty("transfer").ValueKind);
    }

    [Fact]
    public void Tables_have_the_layout_of_the_paper()
    {
        var tables = EvaluationTables.Of(new EvaluationDocument("tiny", Report) { WorstPairs = 1 });
        Assert.Equal(4, tables.Count);
        Assert.Equal(["STS", "STS13", "STS16", "STS-B", "S.Avg."], tables[0].Header);
        Assert.Equal(["Spearman", "50.00", "-", "75.00", "62.50"], tables[0].Rows[0]);
        Assert.Equal(["95 % from", "25.00", "-", "-", "-"], tables[0].Rows[1]);
        Assert.Equal(["Transfer", "MRPC", "T.Avg."], tables[1].Header);
        Assert.Equal(["accuracy", "75.00", "75.00"], tables[1].Rows[0]);
        Assert.Equal(["F1", "80.00", "-"], tables[1].Rows[^1]);
        Assert.Equal(["lower is better", "0.250", "-2.500"], tables[2].Rows[0]);
        Assert.Equal(["STS-B", "2.000", "0.900", "0.333", "d", "e"], tables[3].Rows[0]);
    }

    [Fact]
    public void Tables_show_the_means_over_subsets_on_request()
    {
        var table = EvaluationTables.Of(new EvaluationDocument("tiny", Report) { Aggregation = SubsetAggregation.WeightedMean })[0];
        Assert.Equal(["Spearman (wmean)", "-", "-", "75.00", "-"], Assert.Single(table.Rows));
    }

    [Fact]
    public void A_comparison_has_a_row_for_each_model()
    {
        var table = EvaluationTables.Of(Compared())[0];
        Assert.Equal(["tiny", "other", "difference", "95 % from", "95 % to", "p"], table.Rows.Select(row => row[0]));
        Assert.Equal(["50.00", "37.50", "12.50", "6.25", "25.00", "0.040"], table.Rows.Select(row => row[1]));
        Assert.Equal(["62.50", "37.50", "25.00", "-", "-", "<0.001"], table.Rows.Select(row => row[^1]));
    }

    [Fact]
    public void Markdown_is_a_table_and_a_bar_in_a_text_does_not_break_it()
    {
        var output = new StringWriter();
        EvaluationTables.Of(new EvaluationDocument("tiny", Report) { WorstPairs = 3 })[^1].WriteMarkdown(output);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("| task | gold | cosine | rank gap | first | second |", lines[0]);
        Assert.Equal("| --- | --- | --- | --- | --- | --- |", lines[1]);
        Assert.Contains(lines, line => line.Contains("a \\| b", StringComparison.Ordinal));
        Assert.Equal(5, lines.Length);
    }

    [Fact]
    public void Mteb_files_have_the_folders_and_fields_of_mteb()
    {
        using var folder = new TemporaryFolder();
        var written = MtebResults.Write(folder.File("results"), "org/name", Report);
        Assert.Equal(Path.Combine(folder.File("results"), "org__name", "no_revision_available"), written);
        Assert.Equal(["MRPC.json", "STS13.json", "STSBenchmark.json", "model_meta.json"], Directory.GetFiles(written).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var expected = JsonDocument.Parse("""
            {"dataset_revision":"senteval","task_name":"STSBenchmark","mteb_version":null,
             "scores":{"dev":[{"cosine_spearman":0.75,"cosine_pearson":0.5,"main_score":0.75,"hf_subset":"default","languages":["eng-Latn"]}]},
             "evaluation_time":null,"kg_co2_emissions":null}
            """);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, JsonDocument.Parse(File.ReadAllText(Path.Combine(written, "STSBenchmark.json"))).RootElement));
        // Again: the older files are replaced.
        MtebResults.Write(folder.File("results"), "org/name", Report with { Sts = [] });
        Assert.Equal(["MRPC.json", "model_meta.json"], Directory.GetFiles(written).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Worst_pairs_come_first_with_the_direction_of_the_disagreement()
    {
        var worst = Report.WorstPairs(10);
        Assert.Equal(["d", "f", "a | b"], worst.Select(pair => pair.Pair.Pair.First));
        Assert.Equal([1 / 3.0, -1 / 3.0, 0], worst.Select(pair => pair.RankGap));
    }

    private static EvaluationDocument Compared() => new("tiny", Report)
    {
        Against = "other",
        Comparison = new ModelComparison(
            [
                new TaskComparison("STS13", 0.5, 0.375, new(0.0625, 0.25), 0.04), new TaskComparison("STSBenchmark", 0.75, 0.375, null, null),
                new TaskComparison("MRPC", 0.75, 0.5, null, 1),
            ],
            new TaskComparison("S.Avg.", 0.625, 0.375, null, 0.0001), null),
    };

    private static JsonElement Json(EvaluationDocument document)
    {
        var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            EvaluationJson.Write(writer, document);
        }

        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }
}
