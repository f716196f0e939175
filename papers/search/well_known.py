"""What people call papers whose own texts do not say so, or not so that it can be told: `stable diffusion`, `stylegan3`.

The names that papers and posts give are in the index (`nicknames.py`). These came later, or stand in no text that is here, so
they are looked up when somebody searches.
"""

from papers.search.words import joined, plain_words

NAMES = {
    "1301.3781": "word2vec",
    "1312.5602": "DQN",
    "1312.6114": "VAE",
    "1406.2661": "GAN",
    "1409.1556": "VGG, VGG16, VGGNet",
    "1409.3215": "seq2seq",
    "1409.4842": "Inception, GoogLeNet",
    "1506.01497": "Faster R-CNN",
    "1506.02640": "YOLO",
    "1512.03385": "ResNet, residual networks",
    "1608.06993": "DenseNet",
    "1611.07004": "pix2pix",
    "1703.10593": "CycleGAN",
    "1707.06347": "PPO",
    "1711.00937": "VQ-VAE",
    "1712.01815": "AlphaZero",
    "1801.01290": "SAC",
    "1812.04948": "StyleGAN, StyleGAN 1",
    "1910.10683": "T5",
    "1911.05722": "MoCo",
    "1911.08265": "MuZero",
    "1912.01603": "Dreamer",
    "1912.04958": "StyleGAN 2",
    "2001.08361": "scaling laws",
    "2002.05709": "SimCLR",
    "2003.04297": "MoCo v2",
    "2003.08934": "NeRF",
    "2005.11401": "RAG",
    "2005.12872": "DETR",
    "2005.14165": "GPT-3",
    "2006.06676": "StyleGAN 2 ADA, StyleGAN ADA",
    "2006.07733": "BYOL",
    "2006.09661": "SIREN",
    "2006.09882": "SwAV",
    "2006.10029": "SimCLR v2",
    "2006.11239": "DDPM",
    "2008.02268": "NeRF-W",
    "2009.03300": "MMLU",
    "2010.01412": "SAM",
    "2010.02193": "Dreamer v2",
    "2010.02502": "DDIM",
    "2010.11929": "ViT",
    "2011.10566": "SimSiam",
    "2011.13456": "score SDE",
    "2012.09841": "VQGAN",
    "2012.12877": "DeiT",
    "2102.06171": "NFNet",
    "2102.12092": "DALL-E, DALL-E 1",
    "2103.00020": "CLIP",
    "2104.02057": "MoCo v3",
    "2104.09864": "RoPE",
    "2104.14294": "DINO",
    "2105.05233": "ADM, guided diffusion",
    "2106.02039": "Trajectory Transformer",
    "2106.12423": "StyleGAN 3, Alias-Free GAN",
    "2107.03374": "Codex, HumanEval",
    "2108.12409": "ALiBi",
    "2110.08207": "T0, T0pp",
    "2110.14168": "GSM8K",
    "2111.06377": "MAE",
    "2112.07945": "EG3D",
    "2112.10752": "Stable Diffusion, Latent Diffusion, LDM",
    "2201.05989": "Instant NGP, NGP, Instant NeRF",
    "2201.11903": "CoT",
    "2203.02155": "InstructGPT",
    "2203.15556": "Chinchilla",
    "2204.06125": "DALL-E 2, unCLIP",
    "2205.06175": "Gato",
    "2205.11487": "Imagen",
    "2206.04615": "BIG-bench",
    "2207.12598": "CFG, classifier-free guidance",
    "2212.04356": "Whisper",
    "2302.05543": "ControlNet",
    "2303.12712": "sparks of AGI",
    "2304.02643": "SAM",
    "2305.18290": "DPO",
    "2308.04079": "3DGS",
}
"""By arXiv id; a name may be that of several."""


def _by_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for arxiv_id, names in NAMES.items():
        for name in names.split(", "):
            key = joined(plain_words(name))
            found[key] = (*found.get(key, ()), arxiv_id)
    return found


CALLED = _by_name()
"""The ids of what is called so, by the words of the name as one, folded."""
