using System.Text.Json;
using CsCheck;
using MiCse.Evaluation.Classification;

namespace MiCse.Tests.Evaluation.Classification;

public class StratifiedFoldsTests
{
    [Theory]
    [InlineData(10, "10")]
    [InlineData(2000, "2000")]
    public void Shuffles_as_numpy_does(int count, string name)
    {
        int[] values = [.. Enumerable.Range(0, count)];
        new MersenneTwister(1111).Shuffle(values);
        var expected = ScikitLearn.Shuffled(name);
        Assert.Equal(expected, values[..expected.Length]);
        Assert.Equal(Enumerable.Range(0, count), values.Order());
    }

    [Fact]
    public void Folds_are_those_of_scikit_learn()
    {
        foreach (var golden in ScikitLearn.Folds)
        {
            var labels = golden.GetProperty("labels").Deserialize<int[]>()!;
            Assert.Equal(golden.GetProperty("foldOf").Deserialize<int[]>(), StratifiedFolds.Assign(labels, golden.GetProperty("folds").GetInt32()));
        }
    }

    [Fact]
    public void Every_row_is_tested_once_and_every_class_spread_evenly() =>
        Gen.Select(Gen.Int[0, 3].Array[20, 80], Gen.Int[2, 6]).Sample((labels, folds) =>
        {
            // Every second row only: folds are over the rows given, not over all.
            int[] rows = [.. Enumerable.Range(0, labels.Length).Where(row => row % 2 == 0)];
            var split = StratifiedFolds.Split(labels, rows, folds);
            Assert.Equal(rows, split.SelectMany(fold => fold.Test).Order());
            foreach (var fold in split)
            {
                Assert.Equal(rows, fold.Training.Concat(fold.Test).Order());
            }

            foreach (var label in rows.Select(row => labels[row]).Distinct())
            {
                var counts = split.Select(fold => fold.Test.Count(row => labels[row] == label)).ToList();
                Assert.InRange(counts.Max() - counts.Min(), 0, 1);
            }
        }, iter: 200);
}
