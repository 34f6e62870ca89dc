from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.classification import TopicClassifier

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"

GOODS = ("gạo", "cà phê", "hạt điều", "thủy sản", "dệt may", "gỗ", "rau quả", "cao su", "hồ tiêu", "thép", "tôm", "chè")
LABELLED = [
    *(
        (f"Kim ngạch xuất khẩu {goods} sang thị trường châu Âu tăng {n} phần trăm.", ("trade",))
        for n, goods in enumerate(GOODS)
    ),
    *(
        (f"Tỉnh cấp phép dự án {goods} có vốn đầu tư nước ngoài {n} triệu USD.", ("fdi",))
        for n, goods in enumerate(GOODS)
    ),
    *((f"Thủ tướng yêu cầu các bộ khẩn trương tháo gỡ cho ngành {goods}.", ("directives",)) for goods in GOODS),
    *((f"Thủ tướng yêu cầu mở rộng thị trường xuất khẩu {goods}.", ("trade", "directives")) for goods in GOODS),
    *((f"Đội bóng của công ty {goods} thắng trận chung kết chiều qua.", ()) for goods in GOODS),
    *((f"Người dân đi chợ mua {goods} đón Tết cùng gia đình.", ()) for goods in GOODS),
]
TEXTS = [text for text, _ in LABELLED]
LABELS = [labels for _, labels in LABELLED]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the goldens anew from what the code gives")


@pytest.fixture(scope="session")
def classifier() -> TopicClassifier:
    return TopicClassifier(cv=3).fit(TEXTS, LABELS, labels=("trade", "fdi", "directives"))


@pytest.fixture(scope="session")
def model_folder(classifier: TopicClassifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "small"
    classifier.save(folder, trained_on={"n_texts": len(TEXTS), "labels": {"trade": 24}, "n_without_label": 24})
    return folder
