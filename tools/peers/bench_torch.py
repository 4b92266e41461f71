"""Times a full AdamW step of a network of `nextscale bench` in PyTorch, and prints the median as JSON, on the last line.

The networks, batch sizes and optimiser settings are those of apps/cli/src/bench. Run by `nextscale bench` where
python3 with torch is present; never needed by the product.

Usage: python3 tools/peers/bench_torch.py --network mlp --threads 2 --repeats 15
"""

import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Linear(784, 512), nn.Linear(512, 512), nn.Linear(512, 784)
        self.first_norm, self.second_norm = nn.LayerNorm(512, eps=1e-6), nn.LayerNorm(512, eps=1e-6)

    def forward(self, x, target):
        x = self.first_norm(F.gelu(self.first(x)))
        x = self.second_norm(F.gelu(self.second(x)))
        return F.mse_loss(self.last(x), target)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.attention_norm, self.mlp_norm = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.project = nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        y = self.attention_norm(x)
        query, key, value = (
            layer(y).view(batch, tokens, self.heads, width // self.heads).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        y = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.project(y.transpose(1, 2).reshape(batch, tokens, width))
        return x + self.down(F.gelu(self.up(self.mlp_norm(x))))


class Transformer(nn.Module):
    def __init__(self, vocabulary=256, width=192, heads=6, layers=6, tokens=104):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.zeros(tokens, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, vocabulary)

    def forward(self, tokens, labels):
        x = self.tokens(tokens) + self.positions
        for block in self.blocks:
            x = block(x)
        return F.cross_entropy(self.head(self.norm(x)).flatten(0, 1), labels.flatten())


class ConvAutoencoder(nn.Module):
    def __init__(self, channels=32):
        super().__init__()
        self.down1 = nn.Conv2d(1, channels, 4, 2, 1)
        self.down2 = nn.Conv2d(channels, channels, 4, 2, 1)
        self.middle = nn.Conv2d(channels, channels, 3, 1, 1)
        self.up1 = nn.ConvTranspose2d(channels, channels, 4, 2, 1)
        self.up2 = nn.ConvTranspose2d(channels, 1, 4, 2, 1)

    def forward(self, images):
        x = F.gelu(self.down2(F.gelu(self.down1(images))))
        x = F.gelu(self.up1(F.gelu(self.middle(x))))
        return F.mse_loss(self.up2(x), images)


def mlp():
    return Mlp(), (torch.rand(256, 784), torch.rand(256, 784))


def transformer():
    return Transformer(), (torch.randint(0, 256, (64, 104)), torch.randint(0, 256, (64, 104)))


def conv():
    return ConvAutoencoder(), (torch.rand(128, 1, 28, 28),)


NETWORKS = {"mlp": mlp, "transformer": transformer, "conv": conv}


def time_step(model, batch, repeats):
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.05)

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = model(*batch)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        return loss.item()

    for _ in range(3):
        step()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        step()
        times.append(1000 * (time.perf_counter() - start))
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    times = time_step(*NETWORKS[arguments.network](), arguments.repeats)
    # One value has no quartiles.
    first, _, third = statistics.quantiles(times, n=4, method="inclusive") if len(times) > 1 else times * 3
    result = {
        "torch": torch.__version__,
        "threads": arguments.threads,
        "stepMs": statistics.median(times),
        "stepQuartiles": [first, third],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
