"""Papers that many know, in a few words; counts are invented, as those of the old site."""

from datetime import UTC, date, datetime

from papers.models import PaperMeasurement, Provenance
from papers.search.index import index_changed
from tests.factories import make_paper, make_tweet

# arXiv id, title, abstract, authors, counts
WELL_KNOWN: tuple[tuple[str, str, str, list[str], int], ...] = (
    (
        "2010.11929",
        "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale",
        "Transformers are the standard for language. Vision Transformer (ViT) attains excellent results.",
        ["Alexey Dosovitskiy", "Lucas Beyer"],
        9000,
    ),
    (
        "2105.01601",
        "MLP-Mixer: An all-MLP Architecture for Vision",
        "We present MLP-Mixer, an architecture based on multi-layer perceptrons.",
        ["Ilya Tolstikhin", "Lucas Beyer"],
        8000,
    ),
    (
        "2103.14030",
        "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows",
        "A backbone for vision.",
        ["Ze Liu"],
        3000,
    ),
    (
        "2104.14294",
        "Emerging Properties in Self-Supervised Vision Transformers",
        "We implement our findings into a simple method, called DINO.",
        ["Mathilde Caron"],
        7000,
    ),
    ("2109.14279", "Localizing Objects with No Labels", "Built on features of DINO.", ["Oriane Siméoni"], 12_000),
    (
        "2103.00020",
        "Learning Transferable Visual Models From Natural Language Supervision",
        "Code is at https://github.com/OpenAI/CLIP.",
        ["Alec Radford"],
        5000,
    ),
    ("2102.12092", "Zero-Shot Text-to-Image Generation", "A simple approach.", ["Aditya Ramesh"], 2500),
    ("2112.10741", "GLIDE: Image Generation and Editing", "It is favored over DALL-E.", ["Alex Nichol"], 3500),
    ("2005.14165", "Language Models are Few-Shot Learners", "We train GPT-3, a language model.", ["Tom B. Brown"], 4000),
    ("2106.01345", "Decision Transformer: Reinforcement Learning via Sequence Modeling", "", ["Igor Mordatch"], 6000),
    ("2104.00298", "EfficientNetV2: Smaller Models and Faster Training", "", ["Mingxing Tan", "Quoc V. Le"], 3500),
    ("2107.08430", "YOLOX: Exceeding YOLO Series in 2021", "", ["Zheng Ge"], 2000),
    (
        "2106.12423",
        "Alias-Free Generative Adversarial Networks",
        "The resulting networks match the FID of StyleGAN2.",
        ["Tero Karras", "Sam Laine"],
        600,
    ),
    ("2102.07364", "Intermediate Layers of StyleGAN", "A StyleGAN for all, optimizer included.", ["Giannis Daras"], 900),
    ("2112.10752", "High-Resolution Image Synthesis", "It is a stable method of diffusion.", ["Robin Rombach"], 50),
    ("2111.14822", "Diffusion of Stable Models", "Stable diffusion of images.", ["Shuyang Gu"], 5000),
    ("2010.01412", "Sharpness-Aware Minimization for Generalization", "A simple procedure.", ["Pierre Foret"], 90),
    ("2010.07492", "NeRF++: Analyzing and Improving Neural Radiance Fields", "", ["Kai Zhang"], 200),
    ("2008.02268", "NeRF in the Wild: Unconstrained Photo Collections", "", ["Jonathan T. Barron"], 3000),
    ("2103.03230", "Barlow Twins: Learning via Redundancy Reduction", "", ["Jure Zbontar", "Yann LeCun"], 300),
    ("2011.00001", "The Inductive Bias of Kernels", "Graph neural networks in C++ and C#.", ["Bernhard Schölkopf"], 60),
    ("2104.13478", "Audio Transformers: Architectures for Large Scale Audio", "", ["Prateek Verma"], 80),
    ("math/0309136", "An Old Paper on Reinforcement", "", ["Kaiming He"], 70),
)


def make_well_known() -> None:
    for arxiv_id, title, abstract, authors, counts in WELL_KNOWN:
        day = date(2000 + int(arxiv_id[:2]), int(arxiv_id[2:4]), 15) if "." in arxiv_id else date(2003, 9, 9)
        paper = make_paper(arxiv_id=arxiv_id, title=title, abstract=abstract, authors=authors, listing_date=day)
        read_at = datetime(2022, 1, 1, tzinfo=UTC)
        PaperMeasurement.objects.create(paper=paper, read_at=read_at, provenance=Provenance.POST, retweets=counts, favorites=0)
        if arxiv_id == "2102.12092":
            make_tweet(paper, body_html="The DALL·E paper is out")
    index_changed()
