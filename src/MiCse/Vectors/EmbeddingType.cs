namespace MiCse.Vectors;

/// <summary>In which numbers embeddings are kept, as sentence-transformers' <c>quantize_embeddings</c> has it.</summary>
public enum EmbeddingType
{
    /// <summary>32-bit floats: as they are computed.</summary>
    Float32,

    /// <summary>Signed bytes: 256 levels between the smallest and the largest value of each dimension, -128..127.</summary>
    Int8,

    /// <summary>Unsigned bytes: the same, 0..255.</summary>
    UInt8,

    /// <summary>A bit a dimension, 1 for numbers above 0, eight in a byte, the first in its highest bit; signed: 128 is taken away.</summary>
    Binary,

    /// <summary>The same as unsigned bytes, as binary indexes of faiss take them.</summary>
    UBinary,
}
