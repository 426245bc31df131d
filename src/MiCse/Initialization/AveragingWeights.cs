using System.Numerics.Tensors;
using MiCse.Models;

namespace MiCse.Initialization;

/// <summary>
/// Weights with which an encoder, pooled by the mean, starts as the average of word vectors, to be trained from there. A LayerNorm makes every state
/// equally long, which would undo the weights of the words; so the last dimensions of a word embedding are filled up until its mean is 0 and all are
/// equally long (LayerNorms then only scale it), and the last LayerNorm drops them. Positions, attention and feed-forward parts add nothing at first, because
/// their embeddings and output weights are 0.
/// </summary>
internal sealed class AveragingWeights(EncoderShape config, WordVectors words)
{
    /// <summary>
    /// Dimensions of a hidden state that word vectors leave free; even, so that what fills them has mean 0. So many, because tokens without a word vector have nothing else:
    /// if dropout took all, the state would be 0, and a LayerNorm multiplies the gradient of that by a million.
    /// </summary>
    public const int FreeDimensions = 12;

    // Below 1, so that rounding never leaves less than nothing for the free dimensions.
    private const float LongestVector = 0.95f;

    /// <summary>Changes freshly drawn weights.</summary>
    /// <param name="name">The weight's name in a checkpoint.</param>
    /// <param name="elements">Its elements, row after row.</param>
    public void Apply(string name, Span<float> elements)
    {
        if (name == WeightNames.WordEmbeddings)
        {
            FillWords(elements);
        }
        else if (name == WeightNames.PositionEmbeddings || name == WeightNames.TokenTypeEmbeddings || WeightNames.IsOutputOfLayer(name))
        {
            elements.Clear();
        }
        else if (name == WeightNames.LastNorm(config).Weight)
        {
            elements[^FreeDimensions..].Clear();
        }
    }

    private void FillWords(Span<float> rows)
    {
        for (var id = 0; id < config.VocabularySize; id++)
        {
            var row = rows.Slice(id * config.HiddenSize, config.HiddenSize);
            var content = row[..^FreeDimensions];
            words[id].CopyTo(content);
            TensorPrimitives.Multiply(content, LongestVector, content);
            TensorPrimitives.Subtract(content, TensorPrimitives.Sum<float>(content) / content.Length, content);
            var rest = MathF.Sqrt((1 - TensorPrimitives.SumOfSquares<float>(content)) / FreeDimensions);
            for (var free = 0; free < FreeDimensions; free++)
            {
                row[content.Length + free] = free % 2 == 0 ? rest : -rest;
            }

            // As large as fresh embeddings: a learning rate moves both alike.
            TensorPrimitives.Multiply(row, (float)(config.InitializerRange * Math.Sqrt(config.HiddenSize)), row);
        }
    }
}
