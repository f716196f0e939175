"""The networks on which people write about papers, one package each; they speak HTTP and know no model."""
