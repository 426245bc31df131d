using System.Text;

namespace MiCse.Tokenization.Models;

/// <summary>
/// Pieces by their UTF-8 bytes, as a double array: from a node one byte leads to a node by one exclusive or and one comparison. All children of a
/// node lie in one block of 256 nodes. Immutable and thread-safe.
/// </summary>
internal sealed class PieceTrie
{
    /// <summary>Where every piece starts.</summary>
    public const int Root = 0;

    /// <summary>No node, and no piece.</summary>
    public const int None = -1;

    private const int Block = 256;

    // Nodes that have been free for so many blocks are given up, so that building takes linear time.
    private const int OpenBlocks = 16;

    private readonly Node[] _nodes;

    /// <param name="pieces">The pieces in the order of their ids; of equal ones the last counts, and empty ones cannot be found.</param>
    public PieceTrie(IReadOnlyList<string?> pieces) => _nodes = new Builder(pieces).Build();

    /// <summary>The node that a byte leads to; <see cref="None"/> when no piece goes on so.</summary>
    public int Next(int node, byte value)
    {
        var next = _nodes[node].Base ^ value;
        return _nodes[next].Parent == node ? next : None;
    }

    /// <summary>The piece that ends at a node; <see cref="None"/> when none does.</summary>
    public int PieceAt(int node) => _nodes[node].Piece;

    /// <summary>The id of a piece; <see cref="None"/> when there is no such piece.</summary>
    public int Find(ReadOnlySpan<byte> piece)
    {
        var node = Root;
        foreach (var value in piece)
        {
            node = Next(node, value);
            if (node == None)
            {
                return None;
            }
        }

        return PieceAt(node);
    }

    private record struct Node(int Base, int Parent, int Piece);

    /// <summary>Places the nodes level by level; pieces that start with the same bytes lie side by side.</summary>
    private sealed class Builder
    {
        // No node has this parent, so no byte leads to what is free.
        private const int Free = -2;

        private readonly byte[][] _keys;
        private readonly int[] _ids;
        private readonly Queue<(int Node, int Start, int End, int Depth)> _open = new();
        private readonly List<(byte Value, int Start, int End)> _children = [];
        private Node[] _nodes = new Node[Block];
        private int _count;
        private int _firstFree;

        public Builder(IReadOnlyList<string?> pieces)
        {
            var texts = new List<string>(pieces.Count);
            var ids = new List<int>(pieces.Count);
            for (var id = 0; id < pieces.Count; id++)
            {
                if (!string.IsNullOrEmpty(pieces[id]))
                {
                    texts.Add(pieces[id]!);
                    ids.Add(id);
                }
            }

            // The order of UTF-16 is not that of UTF-8, but texts with the same beginning are neighbours in both.
            (string[] sorted, _ids) = ([.. texts], [.. ids]);
            Array.Sort(sorted, _ids, StringComparer.Ordinal);
            _keys = Array.ConvertAll(sorted, Encoding.UTF8.GetBytes);
        }

        public Node[] Build()
        {
            AddBlock();
            _nodes[Root] = new Node(0, None, None);
            _open.Enqueue((Root, 0, _keys.Length, 0));
            while (_open.TryDequeue(out var range))
            {
                AddChildren(range.Node, range.Start, range.End, range.Depth);
            }

            return _nodes[.._count];
        }

        private void AddChildren(int node, int start, int end, int depth)
        {
            _children.Clear();
            for (var key = start; key < end; key++)
            {
                if (_keys[key].Length == depth)
                {
                    _nodes[node].Piece = Math.Max(_nodes[node].Piece, _ids[key]);
                }
                else if (_children is [.., var last] && last.Value == _keys[key][depth])
                {
                    _children[^1] = last with { End = key + 1 };
                }
                else
                {
                    _children.Add((_keys[key][depth], key, key + 1));
                }
            }

            if (_children.Count == 0)
            {
                return;
            }

            var place = FindBase();
            _nodes[node].Base = place;
            foreach (var (value, childStart, childEnd) in _children)
            {
                _nodes[place ^ value] = new Node(0, node, None);
                _open.Enqueue((place ^ value, childStart, childEnd, depth + 1));
            }
        }

        /// <summary>A base from which all children come to free nodes.</summary>
        private int FindBase()
        {
            _firstFree = Math.Max(_firstFree, _count - (OpenBlocks * Block));
            while (_firstFree < _count && !IsFree(_firstFree))
            {
                _firstFree++;
            }

            for (var free = _firstFree; free < _count; free++)
            {
                var place = free ^ _children[0].Value;
                if (_children.TrueForAll(child => IsFree(place ^ child.Value)))
                {
                    return place;
                }
            }

            AddBlock();
            return _count - Block;
        }

        private bool IsFree(int node) => _nodes[node].Parent == Free;

        private void AddBlock()
        {
            if (_count == _nodes.Length)
            {
                Array.Resize(ref _nodes, 2 * _count);
            }

            _nodes.AsSpan(_count, Block).Fill(new Node(0, Free, None));
            _count += Block;
        }
    }
}
