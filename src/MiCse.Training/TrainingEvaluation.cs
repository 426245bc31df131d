using MiCse.Vectors;

namespace MiCse.Training;

/// <summary>Scores the encoder in its present state; called between steps, on the thread that trains.</summary>
/// <param name="encode">Texts → embeddings without dropout, with the pooling of the training's options.</param>
/// <param name="cancellationToken">Cancels the training.</param>
/// <returns>Higher is better, such as Spearman's correlation on STS-B dev; NaN never becomes the best.</returns>
public delegate double TrainingEvaluation(Func<IReadOnlyList<string>, EmbeddingMatrix> encode, CancellationToken cancellationToken);
