using MiCse.Tensors;

namespace MiCse.Checkpoints;

/// <summary>One tensor as a safetensors header declares it; offsets count from the end of the header.</summary>
internal sealed record SafetensorsEntry(string Name, TensorType Type, long[] Shape, long Begin, long End);
