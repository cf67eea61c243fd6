"""DICOM films as devices and archives write them, which is not always as the standard says."""

from io import BytesIO

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    JPEG2000,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
)

from tests.io.test_dicom import DEEP, FILM, WINDOW, exact, write_codestream, write_dicom
from tests.io.test_radiograph import difference
from xray_core.errors import RadiographError
from xray_core.io.dicom_elements import _number
from xray_core.io.radiograph import load_radiograph

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")


def table(entries, depth, first=0, kind="<u2"):
    item = Dataset()
    item.LUTDescriptor = [len(entries) % 65536, first, depth]
    item.add_new("LUTData", "OW", np.asarray(entries).astype(kind).tobytes())
    return Sequence([item])


def written(dataset_bytes, **values):
    """The file with elements put in as text, whatever the standard allows there."""
    dataset = pydicom.dcmread(BytesIO(dataset_bytes))
    for keyword, value in values.items():
        dataset.add_new(keyword, "LO", value)
    file = BytesIO()
    dataset.save_as(file)
    data = file.getvalue()
    for keyword in values:
        tag = pydicom.tag.Tag(keyword)
        place = tag.group.to_bytes(2, "little") + tag.element.to_bytes(2, "little")
        data = data.replace(place + b"LO", place + b"DS")
    return data


class TestEmptyAndMissing:
    @pytest.mark.parametrize(
        "empty",
        [
            {"RescaleSlope": "", "RescaleIntercept": ""},
            {"RescaleSlope": "", "RescaleIntercept": "0"},
            {"ModalityLUTSequence": Sequence(), "VOILUTSequence": Sequence()},
            {"ModalityLUTSequence": Sequence([Dataset()]), "VOILUTSequence": Sequence([Dataset()])},
            {"NumberOfFrames": ""},
            {"PresentationIntentType": ""},
            {"PixelRepresentation": None},
            {"SamplesPerPixel": None},
            {"PhotometricInterpretation": None},
            {"BitsStored": None, "HighBit": None},
            {"HighBit": None},
        ],
        ids=lambda empty: ", ".join(empty),
    )
    def test_empty_or_missing_element_has_its_default(self, empty):
        assert difference(load_radiograph(exact(**empty))) <= 1

    @pytest.mark.parametrize("codes", [FILM, DEEP], ids=["8", "16"])
    def test_bits_allocated_are_told_by_the_length_of_the_picture(self, codes):
        element = b"\x28\x00\x00\x01US\x02\x00"
        data = write_dicom(codes)
        place = data.index(element)
        film = load_radiograph(data[:place] + data[place + len(element) + 2 :])
        assert difference(film, load_radiograph(data).pixels) == 0

    def test_empty_window_is_none(self):
        film = load_radiograph(write_dicom(WindowCenter="", WindowWidth=""))
        assert "names no window" in film.notes[0]

    def test_first_window_that_can_be_read_is_used(self):
        data = written(exact(), WindowCenter="\\2040.5", WindowWidth="\\4080")
        assert difference(load_radiograph(data)) <= 1


class TestNumbers:
    def test_decimal_comma_is_read(self):
        data = written(exact(), WindowCenter="2040,5", WindowWidth="4080,0")
        film = load_radiograph(data)
        assert difference(film) <= 1
        assert "centre 2040.5, width 4080" in film.notes[0]

    @pytest.mark.parametrize(
        ("text", "number"),
        [("1,5", 1.5), ("4,096", None), ("1e3", 1000), ("-2,25", -2.25), ("", None), ("nan", None)],
    )
    def test_number(self, text, number):
        assert _number(text) == number

    def test_rescale_with_a_decimal_comma_is_applied(self):
        data = written(
            write_dicom(WindowCenter=1020, WindowWidth=2040, VOILUTFunction="LINEAR_EXACT"),
            RescaleSlope="0,5",
            RescaleIntercept="0,0",
        )
        assert difference(load_radiograph(data)) <= 1

    @pytest.mark.parametrize("width", [1, 0.5])
    def test_width_of_one_or_less_is_exact(self, width):
        slope = width / 4080
        data = write_dicom(
            RescaleSlope=slope, RescaleIntercept=0, WindowCenter=width / 2, WindowWidth=width
        )
        assert difference(load_radiograph(data)) <= 1

    @pytest.mark.parametrize("window", [(0, 1), (30000, 2), (2000, 0), (2000, -5)])
    def test_window_that_shows_nothing_is_left_out(self, window):
        center, width = window
        film = load_radiograph(write_dicom(WindowCenter=center, WindowWidth=width))
        assert difference(film, load_radiograph(write_dicom()).pixels) == 0


class TestTables:
    @pytest.mark.parametrize("declared", [8, 12, 16])
    def test_voi_lut_is_scaled_by_its_own_maximum(self, declared):
        data = exact(VOILUTSequence=table(np.arange(4096), declared))
        assert difference(load_radiograph(data)) <= 1

    @pytest.mark.parametrize("kind", ["u1", "<u2"])
    def test_voi_lut_of_8_bits_is_read_packed_or_not(self, kind):
        data = exact(VOILUTSequence=table(np.arange(4096) // 16, 8, kind=kind))
        assert difference(load_radiograph(data)) <= 2

    def test_voi_lut_of_8_bits_in_a_big_endian_file(self):
        packed = np.arange(4096) // 16
        swapped = packed.reshape(-1, 2)[:, ::-1].ravel()
        tables = table(swapped, 8, kind="u1")
        data = exact(VOILUTSequence=tables, syntax=ExplicitVRBigEndian)
        assert difference(load_radiograph(data)) <= 2

    def test_voi_lut_begins_at_a_negative_value(self):
        codes = DEEP.astype(np.int16) - 2048
        data = write_dicom(codes, VOILUTSequence=table(np.arange(4096), 12, first=-2048))
        assert difference(load_radiograph(data)) <= 1

    def test_voi_lut_shorter_than_it_says_goes_on_with_its_last_entry(self):
        tables = table(np.arange(4096), 12)
        tables[0].LUTData = tables[0].LUTData[:-8]
        assert difference(load_radiograph(exact(VOILUTSequence=tables))) <= 1

    def test_table_of_zeros_is_left_out(self):
        assert difference(load_radiograph(exact(VOILUTSequence=table(np.zeros(4096), 12)))) <= 1

    @pytest.mark.parametrize("declared", [8, 12, 16])
    def test_modality_lut_of_any_depth(self, declared):
        tables = table(4095 - np.arange(4096), declared)
        film = load_radiograph(exact(codes=4095 - DEEP, ModalityLUTSequence=tables))
        assert difference(film) <= 1


class TestPadding:
    @pytest.mark.parametrize(
        ("value", "kind", "elements"),
        [
            (65535, np.uint16, {"PixelPaddingValue": 65535}),  # beyond the 12 bits stored
            (4095, np.uint16, {"PixelPaddingValue": 4095}),
            (-2000, np.int16, {"PixelPaddingValue": -2000, "bits": 16}),
            (63536, np.uint16, {"PixelPaddingValue": 63000, "PixelPaddingRangeLimit": 64000}),
        ],
    )
    def test_padding_is_black(self, value, kind, elements):
        codes = DEEP.astype(kind)
        codes[:20] = value
        film = load_radiograph(exact(codes=codes, **elements))
        assert film.pixels[:20].max() == 0
        assert difference(film, np.vstack([np.zeros_like(FILM[:20]), FILM[20:]])) <= 1

    def test_signed_padding_written_as_unsigned_is_black(self):
        codes = DEEP.astype(np.int16)
        codes[:20] = -2000
        data = exact(codes=codes, bits=16, PixelPaddingValue=-2000)
        tag = b"\x28\x00\x20\x01"
        data = data.replace(tag + b"SS", tag + b"US")
        assert load_radiograph(data).pixels[:20].max() == 0


class TestCodestreamWins:
    @pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLosslessSV1], ids=lambda s: s.name)
    @pytest.mark.parametrize("stored", [10, 12, 16])
    def test_bits(self, syntax, stored):
        data = write_codestream(DEEP, syntax, 12, BitsStored=stored, HighBit=stored - 1, **WINDOW)
        assert difference(load_radiograph(data)) <= 1

    def test_eight_bits_in_sixteen_allocated(self):
        data = write_codestream(FILM, JPEGLosslessSV1, 8, BitsAllocated=16)
        assert difference(load_radiograph(data)) == 0

    def test_lossy_pixels_above_the_stored_bits_stay_white(self):
        codes = (FILM.astype(np.uint16) * 4 + 30).clip(max=1040)  # a lossy coder goes beyond 1023
        codes[:8] = 1040
        data = write_codestream(
            codes, JPEG2000Lossless, 12, BitsStored=10, WindowCenter=512, WindowWidth=1024
        )
        assert load_radiograph(data).pixels[:8].min() == 255

    @pytest.mark.parametrize("written_signed", [False, True])
    def test_sign_is_what_makes_a_film_of_it(self, written_signed):
        codes = DEEP.astype(np.int16) - (2048 if written_signed else 0)
        frame = imagecodecs.jpeg2k_encode(
            codes if written_signed else codes.astype(np.uint16), bitspersample=12,
            codecformat="j2k", level=0,
        )  # fmt: skip
        data = write_dicom(
            DEEP, JPEG2000, PixelData=encapsulate([frame]), VOILUTFunction="LINEAR_EXACT",
            PixelRepresentation=int(not written_signed), WindowWidth=4080,
            WindowCenter=2040 - (2048 if written_signed else 0),
        )  # fmt: skip
        assert difference(load_radiograph(data)) <= 1

    def test_two_s_complement_in_an_unsigned_codestream(self):
        codes = DEEP.astype(np.int16) - 2048
        data = write_codestream(
            codes.view(np.uint16) & 4095, JPEG2000Lossless, 12,
            PixelRepresentation=1, WindowCenter=-8, WindowWidth=4080,
        )  # fmt: skip
        assert difference(load_radiograph(data)) <= 1

    def test_compressed_picture_in_a_file_that_says_it_is_plain(self):
        data = write_codestream(FILM, JPEGLosslessSV1, 8)
        plain = str(ExplicitVRLittleEndian).ljust(len(JPEGLosslessSV1), "\0")
        data = data.replace(str(JPEGLosslessSV1).encode(), plain.encode())
        assert difference(load_radiograph(data)) == 0


class TestNamed:
    def test_private_transfer_syntax_is_named(self):
        data = exact().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.113619.5.2\0\0")
        with pytest.raises(RadiographError, match=r"unsupported compression.*1\.2\.840\.113619"):
            load_radiograph(data)

    def test_mark_of_deflate_anywhere_else_is_no_mark(self):
        data = exact(ViewPosition="1.2.840.10008.1.2.1.99"[:16], BodyPartExamined="CHEST")
        data = data[:132].replace(b"\0" * 22, b"1.2.840.10008.1.2.1.99", 1) + data[132:]
        assert difference(load_radiograph(data)) <= 1

    def test_film_that_is_cut_off_says_what_it_lacks(self):
        with pytest.raises(RadiographError, match="9,000 bytes of the 9,600 of its picture"):
            load_radiograph(exact(PixelData=DEEP.tobytes()[:9000]))


class TestForProcessing:
    def raw(self, **elements):
        exposure = (65535 * np.exp(FILM / -60.0)).astype(np.uint16)
        return write_dicom(exposure, bits=16, PresentationIntentType="FOR PROCESSING", **elements)

    @pytest.mark.parametrize(
        "elements",
        [
            {"PixelIntensityRelationship": "LIN", "PhotometricInterpretation": "MONOCHROME1"},
            {"PixelIntensityRelationship": "LIN", "PixelIntensityRelationshipSign": 1},
        ],
    )
    def test_linear_film_is_converted_and_unfit(self, elements):
        film = load_radiograph(self.raw(**elements))
        assert np.corrcoef(film.pixels.ravel(), FILM.ravel())[0, 1] > 0.999
        assert "FOR PRESENTATION" in film.unfit[0]

    def test_film_for_presentation_is_taken_as_it_is(self):
        film = load_radiograph(
            exact(PresentationIntentType="FOR PRESENTATION", PixelIntensityRelationship="LIN")
        )
        assert difference(film) <= 1
        assert film.unfit == ()

    def test_unfit_film_is_refused_with_the_reason(self, classifier, sample_films):
        film = sample_films[0].open()
        assert not classifier.predict(film).refused
        codes = film.pixels.astype(np.uint16) * 16
        raw = load_radiograph(write_dicom(codes, PresentationIntentType="FOR PROCESSING"))
        prediction = classifier.predict(raw)
        assert prediction.decision == "refused"
        assert raw.unfit[0] in prediction.reasons
