"""Answers "SEED FILE" with the seconds that a map took, and writes its points to the file; "none" for no seed."""
import sys
import time
import warnings

try:
    import numpy
    import umap
except ImportError as missing:
    sys.exit(str(missing))

warnings.filterwarnings("ignore")
vectors = numpy.fromfile(sys.argv[1], numpy.float32).reshape(-1, int(sys.argv[2]))
print(f"ready umap-learn {umap.__version__}", flush=True)
for line in sys.stdin:
    seed, file = line.split(maxsplit=1)
    start = time.perf_counter()
    points = umap.UMAP(metric="cosine", random_state=None if seed == "none" else int(seed)).fit_transform(vectors)
    seconds = time.perf_counter() - start
    points.astype(numpy.float32).tofile(file.strip())
    print(seconds, flush=True)
