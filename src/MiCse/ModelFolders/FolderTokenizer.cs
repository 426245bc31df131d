using MiCse.Files;
using MiCse.Tokenization;

namespace MiCse.ModelFolders;

/// <summary>The tokenizer of a model folder, which has to fit the model's table of words.</summary>
internal static class FolderTokenizer
{
    /// <summary>Loads it.</summary>
    /// <param name="folder">The model.</param>
    /// <exception cref="ModelFormatException">The tokenizer cannot be used, has ids that the model has no rows for, or belongs to a much larger table.</exception>
    public static Tokenizer Load(ModelFolder folder)
    {
        if (folder.Static is { } table)
        {
            var plain = Tokenizer.LoadPlain(folder.TransformerPath);
            return plain.VocabularySize <= table.Tokens
                ? plain
                : throw new ModelFormatException(
                    folder.Path, $"the tokenizer has {plain.VocabularySize} ids, but the table of static embeddings has vectors for {table.Tokens}; put the tokenizer.json of this model into its folder");
        }

        var tokenizer = Tokenizer.Load(folder.TransformerPath);
        if (tokenizer.VocabularySize > folder.Config.VocabularySize)
        {
            throw new ModelFormatException(
                folder.Path,
                $"the tokenizer has {tokenizer.VocabularySize} ids, but the model has only {folder.Config.VocabularySize} rows of word embeddings "
                + "(vocab_size in config.json); put the tokenizer files of this model into its folder");
        }

        // Tables are padded to a multiple of 128 rows or so; far more rows than ids mean that the tokenizer belongs to another model, or is cut short.
        if (2L * tokenizer.VocabularySize < folder.Config.VocabularySize)
        {
            throw new ModelFormatException(
                folder.TransformerPath,
                $"the tokenizer has only {tokenizer.VocabularySize} ids, but the model has {folder.Config.VocabularySize} rows of word embeddings "
                + "(vocab_size in config.json); the vocabulary is cut short or that of another model: fetch the tokenizer files again");
        }

        return tokenizer;
    }
}
