"""DICOM files as they occur: every encoding gives the same film, every other one a sentence."""

import subprocess
import sys
import warnings
from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.data.data_manager import DATA_ROOT
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSNearLossless,
    RLELossless,
)

from tests import ROOT
from tests.io.test_radiograph import FILM, difference, encode
from xray_core.errors import RadiographError
from xray_core.io import dicom, dicom_header, dicom_pixels, windowing
from xray_core.io.radiograph import decode, load_radiograph

# pytest renews the filters that the module sets
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")

FILES = Path(DATA_ROOT) / "test_files"
MARKER = "Zebedee-Quince"
DEEP = FILM.astype(np.uint16) * 16
WINDOW = {"WindowCenter": 2040.5, "WindowWidth": 4080}  # LINEAR_EXACT maps DEEP back to FILM


def write_dicom(codes=DEEP, syntax=ExplicitVRLittleEndian, bits=None, bare=False, **elements):
    """A film as bytes; elements given as None are left out."""
    dataset = Dataset()
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    dataset.SOPInstanceUID = "1.2.3.4"
    dataset.PatientName = MARKER
    dataset.PatientID = MARKER
    dataset.PatientBirthDate = "20010203"
    dataset.Modality = "DX"
    dataset.Rows, dataset.Columns = codes.shape[:2]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = codes.dtype.itemsize * 8
    dataset.BitsStored = bits or (12 if codes.dtype.itemsize == 2 else 8)
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(codes.dtype.kind == "i")
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    dataset.PixelData = codes.astype(codes.dtype.newbyteorder(order)).tobytes()
    for name, value in elements.items():
        if value is None:
            delattr(dataset, name)
        else:
            setattr(dataset, name, value)
    if syntax == JPEG2000Lossless and "PixelData" not in elements:
        frame = imagecodecs.jpeg2k_encode(
            codes, bitspersample=dataset.BitsStored, codecformat="j2k", level=0
        )
        dataset.PixelData = encapsulate([frame])
    elif syntax.is_compressed and "PixelData" not in elements:
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.compress(syntax, generate_instance_uid=False)
    file = BytesIO()
    if bare:
        implicit, little = syntax.is_implicit_VR, syntax.is_little_endian
        pydicom.dcmwrite(file, dataset, implicit_vr=implicit, little_endian=little)
        return file.getvalue()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    pydicom.dcmwrite(file, dataset, enforce_file_format=True)
    return file.getvalue()


def exact(**elements):
    return write_dicom(VOILUTFunction="LINEAR_EXACT", **WINDOW, **elements)


def write_codestream(codes, syntax, bits, **elements):
    """A film as a lossless codestream of so many bits, with a window over all of FILM's levels."""
    if syntax == JPEG2000Lossless:
        frame = imagecodecs.jpeg2k_encode(codes, bitspersample=bits, codecformat="j2k", level=0)
    else:
        frame = imagecodecs.jpeg8_encode(codes, lossless=True, bitspersample=bits)
    window = {"WindowCenter": 127.5, "WindowWidth": 255, "VOILUTFunction": "LINEAR_EXACT"}
    return write_dicom(codes, syntax, PixelData=encapsulate([frame]), **{**window, **elements})


class TestEncodings:
    @pytest.mark.parametrize(
        "syntax",
        [
            ImplicitVRLittleEndian,
            ExplicitVRLittleEndian,
            ExplicitVRBigEndian,
            DeflatedExplicitVRLittleEndian,
            RLELossless,
            JPEG2000Lossless,
        ],
        ids=lambda syntax: syntax.name,
    )
    def test_every_lossless_transfer_syntax_gives_the_same_film(self, syntax):
        assert difference(load_radiograph(exact(syntax=syntax))) <= 1

    @pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
    def test_file_without_preamble_is_recognised(self, syntax):
        data = exact(syntax=syntax, bare=True)
        assert data[128:132] != b"DICM"
        assert difference(load_radiograph(data, "IM000001")) <= 1

    def test_meta_group_without_preamble_is_recognised(self):
        assert difference(load_radiograph(exact()[132:])) <= 1

    def test_jpeg_baseline_is_read(self):
        frame = encode(FILM, "JPEG", quality=98)
        data = write_dicom(
            FILM,
            JPEGBaseline8Bit,
            PixelData=encapsulate([frame]),
            WindowCenter=127.5,
            WindowWidth=255,
            VOILUTFunction="LINEAR_EXACT",
        )
        assert difference(load_radiograph(data)) <= 3

    @pytest.mark.parametrize(
        "name", ["MR_small_RLE", "MR_small_jpeg_ls_lossless", "MR_small_jp2klossless"]
    )
    def test_published_compressed_files_equal_the_plain_one(self, name):
        plain = load_radiograph(FILES / "MR_small.dcm")
        film = load_radiograph(FILES / f"{name}.dcm")
        assert difference(film, plain.pixels) == 0

    @pytest.mark.parametrize("name", ["JPGExtended", "JPEG2000", "693_J2KI"])
    def test_published_lossy_files_are_read(self, name):
        assert load_radiograph(FILES / f"{name}.dcm").pixels.std() > 10

    @pytest.mark.parametrize("bits", [8, 12, 16])
    def test_jpeg_lossless_of_any_depth_is_decoded(self, bits):
        film = write_codestream(FILM.astype(f"u{1 + (bits > 8)}"), JPEGLosslessSV1, bits)
        assert difference(load_radiograph(film)) <= 1

    @pytest.mark.parametrize("near", [0, 2])
    def test_jpeg_ls_is_decoded(self, near):
        frame = imagecodecs.jpegls_encode(DEEP, level=near)
        film = exact(PixelData=encapsulate([frame]), syntax=JPEGLSNearLossless)
        assert difference(load_radiograph(film)) <= 1


class TestGreyLevels:
    @pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
    def test_unsigned_of_any_depth(self, bits):
        codes = (FILM.astype(np.float64) * ((1 << bits) - 1) / 255).round().astype(np.uint16)
        width = (1 << bits) - 1
        data = write_dicom(
            codes,
            bits=bits,
            WindowCenter=width / 2,
            WindowWidth=width,
            VOILUTFunction="LINEAR_EXACT",
        )
        assert difference(load_radiograph(data)) <= 1

    def test_signed_codes_are_two_s_complement(self):
        codes = DEEP.astype(np.int16) - 2048
        data = write_dicom(
            codes, WindowCenter=-7.5, WindowWidth=4080, VOILUTFunction="LINEAR_EXACT"
        )
        assert difference(load_radiograph(data)) <= 1

    def test_bits_beyond_the_stored_ones_are_ignored(self):
        garbage = DEEP | 0xF000
        data = write_dicom(garbage, VOILUTFunction="LINEAR_EXACT", **WINDOW)
        assert difference(load_radiograph(data)) <= 1

    def test_high_bit_shifts_the_codes(self):
        data = exact(codes=DEEP << 4, HighBit=15)
        assert difference(load_radiograph(data)) <= 1

    def test_monochrome1_is_inverted(self):
        data = exact(codes=4080 - DEEP, PhotometricInterpretation="MONOCHROME1")
        assert difference(load_radiograph(data)) <= 1

    def test_rescale_comes_before_the_window(self):
        data = write_dicom(
            RescaleSlope=2,
            RescaleIntercept=-1000,
            WindowCenter=2 * 2040 - 1000,
            WindowWidth=2 * 4080,
            VOILUTFunction="LINEAR_EXACT",
        )
        assert difference(load_radiograph(data)) <= 1

    def test_modality_lut_comes_before_the_window(self):
        table = Dataset()
        table.LUTDescriptor = [4096, 0, 16]
        table.LUTData = (np.arange(4096)[::-1] * 16).astype(np.uint16).tobytes()
        table.ModalityLUTType = "US"
        data = write_dicom(
            ModalityLUTSequence=Sequence([table]),
            WindowCenter=32640,
            WindowWidth=65280,
            VOILUTFunction="LINEAR_EXACT",
        )
        expected = np.clip((4095 - DEEP.astype(float)) * 16 / 65280 * 255, 0, 255)
        assert difference(load_radiograph(data), np.rint(expected)) <= 1

    def test_voi_lut_is_preferred_to_the_window(self):
        table = Dataset()
        table.LUTDescriptor = [4096, 0, 12]
        table.LUTData = (4095 - np.arange(4096)).astype(np.uint16).tobytes()
        film = load_radiograph(exact(VOILUTSequence=Sequence([table])))
        assert difference(film, 255 - FILM.astype(int)) <= 1
        assert "VOI LUT" in film.notes[0]

    def test_first_of_several_windows_is_used(self):
        data = write_dicom(
            WindowCenter=[2040, 10], WindowWidth=[4080, 20], VOILUTFunction="LINEAR_EXACT"
        )
        assert difference(load_radiograph(data)) <= 1

    def test_film_without_window_fills_the_grey_levels(self):
        film = load_radiograph(write_dicom())
        assert difference(film, (FILM - 20.0) * 255 / (FILM.max() - 20)) < 4
        assert "no window" in film.notes[0]

    def test_padding_is_black_and_does_not_count(self):
        codes = DEEP.copy()
        codes[:20] = 4095
        film = load_radiograph(write_dicom(codes, PixelPaddingValue=4095))
        assert film.pixels[:20].max() == 0
        assert film.pixels[20:].max() == 255

    def test_padding_of_an_inverted_film_is_black_too(self):
        codes = 4080 - DEEP
        codes[:20] = 0
        film = load_radiograph(
            write_dicom(codes, PixelPaddingValue=0, PhotometricInterpretation="MONOCHROME1")
        )
        assert film.pixels[:20].max() == 0

    def test_window_functions_follow_the_standard(self):
        # PS3.3 C.11.2.1.2: c=2048, w=4096 maps 0 to 4095 onto the whole range
        linear = windowing.apply_window(np.array([0.0, 4095.0, 2047.5]), 2048, 4096)
        np.testing.assert_allclose(linear, [0, 1, 0.5], atol=1e-9)
        values = np.array([-2048.0, 0.0, 2048.0])
        np.testing.assert_allclose(
            windowing.apply_window(values, 0, 4096, "LINEAR_EXACT"), [0, 0.5, 1]
        )
        sigmoid = windowing.apply_window(values, 0, 4096, "SIGMOID")
        np.testing.assert_allclose(sigmoid, 1 / (1 + np.exp([2, 0, -2])))


REFUSALS = {
    "in colour": dict(codes=np.zeros((40, 40, 3), np.uint8), SamplesPerPixel=3,
                      PhotometricInterpretation="RGB", PlanarConfiguration=0),
    "has 3: save the one that is meant": dict(NumberOfFrames=3),
    "without a picture": dict(PixelData=None),
    "32 bits a pixel": dict(BitsAllocated=32, BitsStored=32, HighBit=31),
    "has 8 × 9": dict(codes=np.zeros((9, 8), np.uint16)),
    "at most 24 million pixels": dict(Rows=30000, Columns=30000),
    "damaged or cut-off": dict(Rows=3000, Columns=3000),
}  # fmt: skip


class TestRefusals:
    @pytest.mark.parametrize("reason", REFUSALS)
    def test_reason_is_named_in_one_sentence(self, reason):
        with pytest.raises(RadiographError, match=reason) as caught:
            load_radiograph(write_dicom(**REFUSALS[reason]), "film.dcm")
        assert MARKER not in str(caught.value)
        assert "'film.dcm'" in str(caught.value)

    def test_unsupported_compression_is_named(self):
        mpeg = pydicom.dcmread(BytesIO(write_dicom(FILM)))
        mpeg.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.100"
        mpeg.PixelData = encapsulate([b"\0" * 100])
        mpeg["PixelData"].VR = "OB"
        file = BytesIO()
        mpeg.save_as(file, enforce_file_format=True)
        with pytest.raises(RadiographError, match=r"unsupported compression \(MPEG2 Main Profile"):
            load_radiograph(file.getvalue())

    def test_codestream_larger_than_its_header_is_not_decoded(self, monkeypatch):
        decoded = []
        monkeypatch.setattr(dicom_pixels, "decode_codestream", lambda *it: decoded.append(it))
        frame = encode(np.zeros((4000, 4000), np.uint8), "JPEG")
        data = write_dicom(FILM, JPEGBaseline8Bit, PixelData=encapsulate([frame]))
        with pytest.raises(RadiographError, match="says 80 × 60, its JPEG codestream 4000 × 4000"):
            decode(data, "film")
        assert not decoded

    def test_rle_bomb_stays_within_its_buffer(self):
        # each pair of bytes asks for 128: 12 MB of pixels where the header has 4,800
        bomb = np.array([1, 64] + [0] * 14, "<u4").tobytes() + b"\x81\x00" * 100_000
        film = load_radiograph(write_dicom(FILM, RLELossless, PixelData=encapsulate([bomb])))
        assert film.pixels.shape == FILM.shape

    @pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.999])
    @pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless, JPEG2000Lossless])
    def test_cut_off_file_is_a_sentence(self, syntax, share):
        noise = np.random.default_rng(0).integers(0, 4096, (60, 80), np.uint16)
        data = write_dicom(noise, syntax)
        with pytest.raises(RadiographError, match=r"cut-off|without a picture|none of these"):
            load_radiograph(data[: int(len(data) * share)])

    @pytest.mark.parametrize("path", sorted(FILES.rglob("*.dcm")), ids=lambda path: path.stem)
    def test_published_file_is_a_film_or_a_sentence(self, path):
        try:
            answer = load_radiograph(path).pixels.shape
        except RadiographError as error:
            answer = str(error)
        assert len(answer) == 2 or answer.startswith("expected ")

    def test_program_in_the_preamble_is_refused(self):
        with pytest.raises(RadiographError, match="second kind of file"):
            load_radiograph(b"MZ" + write_dicom()[2:])


class TestHeader:
    @pytest.mark.parametrize(
        ("elements", "words"),
        [
            ({"PatientAge": "011Y"}, "1-5 years and on adults; this film is of an 11-year-old"),
            ({"ViewPosition": "LL"}, "lateral"),
            ({"BodyPartExamined": "HAND"}, "another part of the body"),
            ({"Modality": "CT"}, "computed tomography"),
        ],
    )
    def test_warning_says_what_the_model_was_not_made_for(self, elements, words):
        film = load_radiograph(write_dicom(**elements))
        assert len(film.warnings) == 1
        assert words in film.warnings[0]

    @pytest.mark.parametrize("age", ["003Y", "063Y"])
    def test_frontal_chest_film_of_a_child_or_an_adult_has_no_warning(self, age):
        data = write_dicom(PatientAge=age, ViewPosition="AP", BodyPartExamined="CHEST")
        assert load_radiograph(data).warnings == ()

    @pytest.mark.parametrize(
        ("age", "words"),
        [
            ("005Y", ""),
            ("006Y", "a 6-year-old"),
            ("017Y", "a 17-year-old"),
            ("018Y", ""),
            ("007M", "a 7-month-old"),
            ("030M", ""),
            ("003W", "a 3-week-old"),
            ("101Y", ""),
            ("000Y", ""),
            ("old", ""),
            (None, ""),
        ],
    )
    def test_describe_age(self, age, words):
        assert dicom_header.describe_age(age) == words

    def test_nothing_of_a_person_is_kept(self):
        film = load_radiograph(write_dicom(PatientAge="063Y"), "film")
        text = repr((film.name, film.notes, film.warnings))
        assert MARKER not in text
        assert "2001" not in text

    def test_only_the_named_elements_are_read(self, monkeypatch):
        read = pydicom.dcmread
        seen = []
        monkeypatch.setattr(
            pydicom, "dcmread", lambda *a, **k: seen.append(read(*a, **k)) or seen[-1]
        )
        decode(write_dicom(), "film")
        assert {element.keyword for element in seen[0]} <= {*dicom.TAGS, "SpecificCharacterSet"}
        assert MARKER not in str(seen[0])

    def test_odd_headers_say_nothing_on_the_console(self, tmp_path):
        path = tmp_path / "odd.dcm"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = write_dicom(
                PatientAge="63 summers", WindowCenter="2040", StudyDate="yesterday",
                PixelData=DEEP.tobytes() + bytes(64),
            )  # fmt: skip
        path.write_bytes(data.replace(b"63 summers", MARKER[:10].encode()))
        code = f"from xray_core import load_radiograph; print(load_radiograph({str(path)!r}).width)"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.strip() == "80"
