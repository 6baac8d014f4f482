"""Find bars in a picture and stand them upright: the engines alone fail on codes turned by 20 to 70 degrees.

The structure tensor of the gradients says for each place in which direction the brightness changes and how much of it
is in one direction. Bars change strongly in one direction over a whole area; text and scenery do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.pictures import Grey

# Longer side of the copy in which bars are looked for.
_SEARCH_PX = 640
# Smallest patch of that copy, in pixels, that is worth a look.
_SMALLEST_PATCH_PX = 300
# Share of the change that must point in one direction (0 to 1), and strength against the picture's strongest edges.
_COHERENCE = 0.6
_STRENGTH = 0.15
# A strip is longer than the patch, for the quiet zones.
_LENGTHEN = 1.35
_QUIET_PX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A patch of parallel bars: centre, length across the bars, height along them (px), and the direction across."""

    centre_px: tuple[float, float]
    length_px: float
    height_px: float
    angle_rad: float


def find_bars(grey: Grey, *, most: int = 3) -> list[Bars]:
    """The `most` largest patches of parallel bars, largest first; empty when there are none."""
    shrink = min(1.0, _SEARCH_PX / max(grey.shape))
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else grey
    if min(small.shape) < 16:
        return []
    smooth = cv2.GaussianBlur(small, (0, 0), 0.8).astype(np.float32)
    across, down = cv2.Scharr(smooth, cv2.CV_32F, 1, 0), cv2.Scharr(smooth, cv2.CV_32F, 0, 1)
    xx, yy, xy = (cv2.boxFilter(product, -1, (21, 21)) for product in (across * across, down * down, across * down))
    change = xx + yy
    coherence = np.sqrt((xx - yy) ** 2 + 4 * xy * xy) / (change + 1e3)
    mask = ((coherence > _COHERENCE) & (change > _STRENGTH * np.percentile(change, 99.5))).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    areas = sorted(((int(stats[label][4]), label) for label in range(1, count)), reverse=True)
    found = []
    for area, label in areas[:most]:
        if area < _SMALLEST_PATCH_PX:
            break
        chosen = labels == label
        angle = 0.5 * np.arctan2(2 * xy[chosen].sum(), (xx[chosen] - yy[chosen]).sum())
        found.append(_patch(chosen, float(angle), shrink))
    return found


def _patch(chosen: NDArray[np.bool_], angle_rad: float, shrink: float) -> Bars:
    ys, xs = np.nonzero(chosen)
    middle = np.array([xs.mean(), ys.mean()])
    along = np.array([np.cos(angle_rad), np.sin(angle_rad)])
    upright = np.array([-along[1], along[0]])
    points = np.stack([xs, ys], 1) - middle
    lengths, heights = points @ along, points @ upright
    centre = middle + (lengths.max() + lengths.min()) / 2 * along + (heights.max() + heights.min()) / 2 * upright
    return Bars(
        centre_px=(float(centre[0] / shrink), float(centre[1] / shrink)),
        length_px=float(np.ptp(lengths) / shrink),
        height_px=float(np.ptp(heights) / shrink),
        angle_rad=angle_rad,
    )


def strip_of(grey: Grey, bars: Bars, *, scale: float = 2.0) -> tuple[Grey, NDArray[np.float64]]:
    """The patch cut out, turned so that its bars stand upright and enlarged; and the 2 x 3 matrix that leads back.

    The matrix takes (x, y, 1) of the strip to pixels of the picture.
    """
    width = int(bars.length_px * _LENGTHEN * scale) + _QUIET_PX
    height = int(max(bars.height_px, 16.0) * scale)
    cos, sin = np.cos(bars.angle_rad) / scale, np.sin(bars.angle_rad) / scale
    back = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
    back[:, 2] = np.array(bars.centre_px) - back[:, :2] @ np.array([width / 2, height / 2])
    strip = cv2.warpAffine(
        grey,
        back,
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(strip, dtype=np.uint8), back
