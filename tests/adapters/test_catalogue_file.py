"""Reading a catalogue from YAML, JSON and CSV: what it says, and where each mistake stands."""

import json

import pytest

from adapters.catalogue import read_catalogue
from domain.errors import ConfigError
from domain.grounding.catalogue import Catalogue
from domain.grounding.specifics import check_specifics

YAML = """\
products:
  - name: Brightcart Kettle
    aliases: [BK-1]
    price: EUR 45 to 59
    attributes: {warranty: 24 months, weight kg: 1.2}
  - {name: Kestrel 14, price: 'EUR 1,099'}
amounts: {standard shipping: EUR 4.90}
dates: {launch: 2026-11-27}
facts: {return window: 30 days}
names: [Nordpost]
"""
CSV = """\
name,aliases,price,warranty,weight
Brightcart Kettle,BK-1;Kettle 1,EUR 45 to 59,24 months,
Kestrel 14,,"EUR 1,099",36 months,1.28 kg

"""


def _written(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_yaml(tmp_path):
    catalogue = read_catalogue(_written(tmp_path, "catalogue.yaml", YAML))

    assert ("Brightcart Kettle", "Kestrel 14") == catalogue.index.products
    assert ("2026-11-27",) == catalogue.dates["launch"]
    assert ("1.2",) == catalogue.products[0].attributes["weight kg"]
    assert catalogue == Catalogue.model_validate(catalogue.model_dump())


def test_reads_the_same_as_json(tmp_path):
    catalogue = read_catalogue(_written(tmp_path, "catalogue.yaml", YAML))
    for indent in (None, 2, "\t"):
        text = json.dumps(catalogue.model_dump(mode="json"), indent=indent)

        assert catalogue == read_catalogue(_written(tmp_path, "catalogue.json", text))


def test_reads_products_from_csv(tmp_path):
    catalogue = read_catalogue(_written(tmp_path, "products.csv", "\ufeff" + CSV))
    kettle, kestrel = catalogue.products

    assert ("BK-1", "Kettle 1") == kettle.aliases
    assert {"warranty": ("24 months",)} == kettle.attributes
    assert {"warranty": ("36 months",), "weight": ("1.28 kg",)} == kestrel.attributes
    assert 0.5 == check_specifics("Kettle 1 costs EUR 39.", [], "", catalogue).groundedness


def test_an_empty_mapping_is_a_catalogue(tmp_path):
    assert Catalogue() == read_catalogue(_written(tmp_path, "catalogue.yaml", "{}"))


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        pytest.param(
            "products:\n  - name: Kettle\n    price: 45\n    colour: red\nshipping: EUR 5\n",
            [
                "3:5: products.0.price.0: '45' is no price",
                "4:5: products.0.colour: there is no",
                "5:1: shipping: there is no",
            ],
            id="all of them",
        ),
        pytest.param(
            "products:\n  - name: Kettle\n  - name: Mug\n    aliases: [Cup, KETTLE]\n",
            ["4:20: products: 'KETTLE' is also a name of 'Kettle'"],
            id="twins",
        ),
        pytest.param(
            "products:\n  - {name: Kettle, price: cheap}\n  - {name: kettle}\n",
            ["2:20: products.0.price.0: 'cheap' is no price", "3:6: products: 'kettle' is also a name of 'Kettle'"],
            id="twins besides another mistake",
        ),
        pytest.param("amounts:\n  shipping: EUR 9 to 5\n", ["2:3: amounts.shipping.0: the range"], id="backwards"),
        pytest.param("facts:\n  - return window\n", ["1:1: facts: Input should be"], id="a list for a mapping"),
        pytest.param("products: [\n", ["2:1: "], id="not YAML"),
        pytest.param("", ["1:1: the file: "], id="empty"),
    ],
)
def test_says_where_the_mistakes_of_yaml_stand(tmp_path, text, mistakes):
    path = _written(tmp_path, "catalogue.yaml", text)
    with pytest.raises(ConfigError) as caught:
        read_catalogue(path)
    lines = str(caught.value).splitlines()

    assert len(mistakes) == len(lines), lines
    for line, mistake in zip(lines, mistakes, strict=True):
        assert line.startswith(f"{path}:{mistake}"), line


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        pytest.param(
            "name,price\nKettle,45\nMug,\n,EUR 5\n",
            ["2:2: price: '45' is no", "4:1: name: '' has no letter"],
            id="cells",
        ),
        pytest.param("name,aliases\nKettle,\nMug,kettle;Cup\n", ["3:2: aliases: 'kettle' is also a name"], id="twins"),
        pytest.param("name,warranty\nKettle,3 to 2 years\n", ["2:2: warranty: the range"], id="an attribute"),
        pytest.param("product,price\nKettle,EUR 5\n", ["1:1: there is no column called name"], id="no name"),
        pytest.param("name,price,price\n", ["1:3: the column 'price' is there twice"], id="a column twice"),
        pytest.param("name,,price\n", ["1:2: a column has no name"], id="a column without a name"),
        pytest.param("name\nKettle,EUR 5\n", ["2:2: the line has more cells"], id="too many cells"),
        pytest.param('name\n"Kettle\n', ["2:1: unexpected end"], id="an open quote"),
        pytest.param("", ["1:1: there is no column called name"], id="empty"),
    ],
)
def test_says_where_the_mistakes_of_csv_stand(tmp_path, text, mistakes):
    path = _written(tmp_path, "products.csv", text)
    with pytest.raises(ConfigError) as caught:
        read_catalogue(path)
    lines = str(caught.value).splitlines()

    assert len(mistakes) == len(lines), lines
    for line, mistake in zip(lines, mistakes, strict=True):
        assert line.startswith(f"{path}:{mistake}"), line


@pytest.mark.parametrize("name", ["catalogue.yaml", "products.csv"])
def test_says_that_a_file_cannot_be_read(tmp_path, name):
    with pytest.raises(ConfigError, match="there is no such file"):
        read_catalogue(tmp_path / name)
    (tmp_path / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_catalogue(tmp_path / name)
