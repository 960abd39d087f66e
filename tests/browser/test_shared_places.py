"""What people paste as a place: links of every map, whole share texts, coordinates in words and numbers.

Each example holds one spot in the coordinate system its source writes; all must lead back to that spot in
WGS-84. The systems are converted here by geodata.coordinates, which has an oracle of its own, and 百度's metres
by pyproj.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page
from pyproj import Proj

from geodata.coordinates import Crs, convert_point
from tests.browser.conftest import LiveServer

LON, LAT = 106.231357, 38.487246
NEAR_DEG: Final = 1e-5
"""About a metre: examples carry six decimals, 百度's metres two."""

_GCJ = convert_point(LON, LAT, Crs.WGS84, Crs.GCJ02)
_BD = convert_point(LON, LAT, Crs.WGS84, Crs.BD09)
_CLARKE_1866_MERCATOR = Proj(proj="merc", a=6378206.4, b=6356583.8, lat_ts=0)
_METRES = _CLARKE_1866_MERCATOR(*_BD)

SPOT: Final = {
    "lon": f"{LON:.6f}",
    "lat": f"{LAT:.6f}",
    "glon": f"{_GCJ[0]:.6f}",
    "glat": f"{_GCJ[1]:.6f}",
    "blon": f"{_BD[0]:.6f}",
    "blat": f"{_BD[1]:.6f}",
    "x": f"{_METRES[0]:.2f}",
    "y": f"{_METRES[1]:.2f}",
    "name": "示例路口",
    "qname": quote("示例路口"),
}
LAT_DMS, LON_DMS = "38°29′14.0856″", "106°13′52.8852″"

LINKS: Final = [
    # 高德
    (
        "amap",
        "https://uri.amap.com/marker?position={glon},{glat}&name={qname}&src=mypage&coordinate=gaode&callnative=0",
    ),
    ("amap", "https://uri.amap.com/marker?position={glon}%2C{glat}&name={qname}"),
    ("amap", "//uri.amap.com/marker?position={glon},{glat}"),
    ("amap", "uri.amap.com/marker?position={glon},{glat}"),
    ("amap", "https://uri.amap.com/marker?position={lon},{lat}&coordinate=wgs84"),
    ("amap", "https://uri.amap.com/marker?markers={glon},{glat},{qname}|106.3,38.4,two&src=mypage"),
    ("amap", "https://uri.amap.com/navigation?from=106.1,38.3,a&to={glon},{glat},{qname}&mode=walk&src=mypage"),
    ("amap", "https://ditu.amap.com/regeo?lng={glon}&lat={glat}&name={qname}&adcode=640104"),
    ("amap", "https://m.amap.com/navi/?start=106.1,38.3&dest={glon},{glat}&destName={qname}&naviBy=car"),
    ("amap", "https://www.amap.com/dir?from%5Blnglat%5D=106.1,38.3&to%5Blnglat%5D={glon},{glat}&type=car"),
    ("amap", "https://wb.amap.com/?q={glat}%2C{glon}%2C{qname}&src=app_C3090"),
    ("amap", "http://wb.amap.com/?p=B000A83M61%2C{glat}%2C{glon}%2C{qname}%2C%E8%B7%AF&src=app_share"),
    ("amap", "androidamap://viewMap?sourceApplication=app&poiname={name}&lat={glat}&lon={glon}&dev=0"),
    ("amap", "iosamap://viewMap?sourceApplication=app&poiname={qname}&lat={lat}&lon={lon}&dev=1"),
    ("amap", "amapuri://route/plan/?slat=38.3&slon=106.1&dlat={glat}&dlon={glon}&dname={qname}&dev=0&t=2"),
    # 百度
    ("baidu", "http://api.map.baidu.com/marker?location={blat},{blon}&title={qname}&content=x&output=html&src=a.b"),
    ("baidu", "https://api.map.baidu.com/marker?location={glat},{glon}&title={qname}&coord_type=gcj02&output=html"),
    ("baidu", "https://api.map.baidu.com/marker?location={lat},{lon}&title=x&coord_type=wgs84&output=html"),
    ("baidu", "https://api.map.baidu.com/marker?location={y},{x}&title=x&coord_type=bd09mc&output=html"),
    ("baidu", "baidumap://map/marker?location={blat},{blon}&title={qname}&coord_type=bd09ll&src=a"),
    ("baidu", "bdapp://map/geocoder?location={blat},{blon}&src=a"),
    (
        "baidu",
        "baidumap://map/direction?origin=latlng:38.3,106.1|name:a&destination=latlng:{blat},{blon}|name:{qname}&mode=walking",
    ),
    ("baidu", "http://map.baidu.com/?latlng={blat},{blon}&title={qname}&content=x&autoOpen=true"),
    ("baidu", "https://map.baidu.com/@{x},{y},16.5z"),
    ("baidu", "https://map.baidu.com/poi/{qname}/@{x},{y},19z?uid=abc&ugc_type=3"),
    ("baidu", "https://map.baidu.com/search/abc/@{x},{y},17z?querytype=s"),
    # 腾讯
    ("tencent", "https://apis.map.qq.com/uri/v1/marker?marker=coord:{glat},{glon};title:{qname};addr:x&referer=myapp"),
    (
        "tencent",
        "https://apis.map.qq.com/uri/v1/marker?marker=coord%3A{glat}%2C{glon}%3Btitle%3A{qname}&coord_type=2&referer=a",
    ),
    ("tencent", "https://apis.map.qq.com/uri/v1/marker?marker=coord:{lat},{lon};title:{qname}&coord_type=1&referer=a"),
    ("tencent", "https://apis.map.qq.com/uri/v1/geocoder?coord={glat},{glon}&referer=myapp"),
    ("tencent", "https://apis.map.qq.com/uri/v1/routeplan?type=walk&to={qname}&tocoord={glat},{glon}&referer=myapp"),
    ("tencent", "qqmap://map/routeplan?type=drive&fromcoord=38.3,106.1&to={name}&tocoord={glat},{glon}&referer=a"),
    (
        "tencent",
        "https://map.qq.com/?type=marker&isopeninfowin=1&markertype=1&pointx={glon}&pointy={glat}&name={qname}&ref=a",
    ),
    (
        "tencent",
        "https://apis.map.qq.com/tools/poimarker?type=0&marker=coord:{glat},{glon};title:{qname}&key=k&referer=a",
    ),
    ("tencent", "https://apis.map.qq.com/tools/routeplan/eword={qname}&epointx={glon}&epointy={glat}?referer=a"),
    # Apple, Google, OpenStreetMap, geo:
    ("apple", "https://maps.apple.com/?ll={glat},{glon}&q={qname}&t=m"),
    ("apple", "http://maps.apple.com/?daddr={glat},{glon}&dirflg=w"),
    ("apple", "https://maps.apple.com/place?coordinate={glat},{glon}&name={qname}&map=explore"),
    ("apple", "maps://?ll={glat},{glon}&q={qname}"),
    (
        "google",
        "https://www.google.com/maps/place/{qname}/@38.4,106.2,17z/data=!4m6!3m5!1s0x1:0x2!8m2!3d{glat}!4d{glon}!16s",
    ),
    ("google", "https://www.google.com/maps/@{glat},{glon},17z"),
    ("google", "https://www.google.com.hk/maps/search/{glat},+{glon}?entry=tts"),
    ("google", "https://maps.google.com/?q={glat},{glon}"),
    ("google", "https://maps.google.com/maps?q=loc:{glat},{glon}&z=17"),
    ("google", "https://www.google.com/maps/search/?api=1&query={glat}%2C{glon}"),
    ("google", "https://www.google.com/maps/dir/?api=1&destination={glat},{glon}"),
    ("osm", "https://www.openstreetmap.org/#map=17/{lat}/{lon}"),
    ("osm", "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=12/38.1/106.1"),
    ("geo", "geo:{lat},{lon}"),
    ("geo", "geo:{lat},{lon};crs=wgs84;u=35?z=17"),
    ("geo", "geo:0,0?q={lat},{lon}({qname})"),
]

TEXTS: Final = [
    # Whole texts as they are shared, with and without their line breaks.
    ("amap", "[位置] {name}\n宁夏银川市某路1号\nhttps://wb.amap.com/?q={glat},{glon},{qname}"),
    (
        "amap",
        "【{name}】示例地址1号，点击链接查看：https://uri.amap.com/marker?position={glon},{glat}&name={qname}，来自高德地图",
    ),
    ("amap", "我在这里 A3https://wb.amap.com/?q={glat},{glon} 快来"),
    ("baidu", "我分享了一个地点给你：{name}，http://map.baidu.com/?latlng={blat},{blon}&title={qname}。来自百度地图"),
    ("tencent", "{name} 地址：示例街2号（https://map.qq.com/?type=marker&pointx={glon}&pointy={glat}）"),
    ("amap", "看这个 https://example.com/news 和 https://uri.amap.com/marker?position={glon},{glat}"),
    # Escaped as a whole, wrapped into another link, written in full width.
    ("amap", "https%3A%2F%2Furi.amap.com%2Fmarker%3Fposition%3D{glon}%2C{glat}"),
    ("amap", "https://link.example.com/go?to=https%3A%2F%2Furi.amap.com%2Fmarker%3Fposition%3D{glon}%2C{glat}"),
    ("amap", "ｈｔｔｐｓ：／／ｕｒｉ．ａｍａｐ．ｃｏｍ／ｍａｒｋｅｒ？ｐｏｓｉｔｉｏｎ＝{glon}，{glat}"),
    ("amap", "HTTPS://URI.AMAP.COM/marker?position={glon},{glat}"),
    # The other order than the documented one, where only that one lies near the city.
    ("amap", "https://uri.amap.com/marker?position={glat},{glon}"),
    ("tencent", "https://apis.map.qq.com/uri/v1/geocoder?coord={glon},{glat}"),
    # A short link beside the position it stands for: its map's system holds.
    ("amap", "{name}（{glon},{glat}）https://surl.amap.com/4mkKGuyJ2bz"),
    # Numbers in words.
    ("typed", "{lon},{lat}"),
    ("typed", "{lat}, {lon}"),
    ("typed", "({lat}，{lon})"),
    ("typed", "１０６．２３１３５７，３８．４８７２４６"),
    ("typed", "经度：{lon}，纬度：{lat}"),
    ("typed", "纬度{lat} 经度{lon}"),
    ("typed", "北纬{lat}° 东经{lon}°"),
    ("typed", "N{lat} E{lon}"),
    ("typed", "{lat}N {lon}E"),
    ("typed", "{lat}° N, {lon}° E"),
    ("typed", "lat: {lat}, lng: {lon}"),
    ("typed", '{{"lng":{lon},"lat":{lat}}}'),
    ("typed", f"{LAT_DMS}N {LON_DMS}E"),
    ("typed", f"{LON_DMS}, {LAT_DMS}"),
    ("typed", "N38°29'14.0856\" E106°13'52.8852\""),
    ("typed", "东经106度13分52.8852秒，北纬38度29分14.0856秒"),
    ("typed", "38º29'14.0856''N, 106º13'52.8852''E"),
    ("typed", "在 {name} 旁边（{lon}, {lat}）等你"),
    ("typed", "高德坐标 {glon},{glat}"),
    ("typed", "{glon},{glat} (GCJ-02)"),
    ("typed", "百度地图坐标：{blon},{blat}"),
    ("typed", "WGS84 {lon} {lat}"),
]

PROBLEMS: Final = [
    ("short_link", "amap", "[位置] 示例路口 https://surl.amap.com/4mkKGuyJ2bz"),
    ("short_link", "baidu", "https://j.map.baidu.com/a7/GXfM"),
    ("short_link", "tencent", "https://url.cn/abc123"),
    ("short_link", "apple", "https://maps.apple/p/CqyZyzmRLCuhrP"),
    ("short_link", "google", "https://maps.app.goo.gl/abcdef"),
    ("short_link", "osm", "https://osm.org/go/abc--"),
    ("no_position", "amap", "https://www.amap.com/place/B000A83M61"),
    ("no_position", "amap", "https://uri.amap.com/marker?poiid=B0FFFAB6J2&src=mypage"),
    ("no_position", "amap", "https://uri.amap.com/marker?position=0,0"),
    ("no_position", "amap", "https://uri.amap.com/marker?position=300,200"),
    ("no_position", "baidu", "https://map.baidu.com/poi/x/@99999999,99999999,19z"),
    ("no_position", "tencent", "https://apis.map.qq.com/uri/v1/search?keyword=x&region=y"),
    ("no_position", "google", "https://www.google.com/maps/place/somewhere"),
    ("no_position", "geo", "geo:38.48,106.23;crs=moon-2011"),
    ("unknown_link", None, "https://example.com/?lat=38.48&lon=106.23"),
    ("unknown_link", None, "javascript://uri.amap.com/%0Aalert(1)"),
]

NAMES: Final = [
    "",
    "兴庆区解放西街128号",
    "12号楼 3单元",
    "YC-0001",
    "0951-1234567",
    "24小时",
    "3.15 维权站 12.4",
    "106.23",
    "Line 5 stop 12",
    "jinfeng 106",
    "2026-11-22 08:30-12:00",
    "https",
]

READ: Final = """async ([text, box]) => {
  const { readSharedPlace } = await import("/static/js/places/share_links.js");
  return readSharedPlace(text, box);
}"""
BOX: Final = {"west": 105.8, "south": 37.5, "east": 106.9, "north": 38.9}


@pytest.fixture(scope="module")
def read(browser: Browser, live_server: LiveServer) -> Iterator[Callable[[str], Any]]:
    """Reads a text the way the phone does."""
    page: Page = browser.new_page(base_url=live_server.url)
    page.goto("/about")
    yield lambda text: page.evaluate(READ, [text, BOX])
    page.close()


def examples(table: list[tuple[str, str]]) -> list[Any]:
    return [
        pytest.param(source, text.format(**SPOT), id=f"{source}-{number}")
        for number, (source, text) in enumerate(table)
    ]


def assert_is_the_spot(found: Any, source: str) -> None:
    assert found is not None
    assert "problem" not in found, found
    assert found["source"] == source
    assert found["lon"] == pytest.approx(LON, abs=NEAR_DEG)
    assert found["lat"] == pytest.approx(LAT, abs=NEAR_DEG)


@pytest.mark.parametrize(("source", "link"), examples(LINKS))
def test_a_link_leads_to_the_spot_it_shows(read: Callable[[str], Any], source: str, link: str) -> None:
    found = read(link)

    assert_is_the_spot(found, source)
    assert found["name"] in {SPOT["name"] if SPOT["qname"] in link or SPOT["name"] in link else "", "x"}


@pytest.mark.parametrize(("source", "text"), examples(TEXTS))
def test_a_shared_text_leads_to_the_spot_it_speaks_of(read: Callable[[str], Any], source: str, text: str) -> None:
    assert_is_the_spot(read(text), source)


@pytest.mark.parametrize(("problem", "source", "text"), PROBLEMS)
def test_a_link_without_a_position_is_said_to_be_one(
    read: Callable[[str], Any], problem: str, source: str | None, text: str
) -> None:
    assert read(text) == {"problem": problem, "source": source}


@pytest.mark.parametrize("text", NAMES)
def test_what_is_no_position_stays_a_text_to_search_for(read: Callable[[str], Any], text: str) -> None:
    assert read(text) is None


def test_baidus_metres_give_baidus_own_degrees(read: Callable[[str], Any]) -> None:
    """The pair 百度's own map shows for one spot in Beijing, in metres and in degrees."""
    lon, lat = convert_point(116.403874, 39.914889, Crs.BD09, Crs.WGS84)

    found = read("https://map.baidu.com/@12958160.97,4825907.72,13z")

    assert found["lon"] == pytest.approx(lon, abs=1e-6)
    assert found["lat"] == pytest.approx(lat, abs=1e-6)


def test_a_place_outside_china_is_not_moved(read: Callable[[str], Any]) -> None:
    found = read("https://www.google.com/maps/@48.858370,2.294481,17z")

    assert (found["lon"], found["lat"]) == (2.294481, 48.85837)


def test_south_and_west_are_negative(read: Callable[[str], Any]) -> None:
    found = read("33°51′31″S 70°40′W")

    assert found["lat"] == pytest.approx(-33.858611, abs=1e-6)
    assert found["lon"] == pytest.approx(-70.666667, abs=1e-6)


def test_a_name_in_another_encoding_is_left_out(read: Callable[[str], Any]) -> None:
    found = read("https://uri.amap.com/marker?position={glon},{glat}&name=%CA%BE%C0%FD".format(**SPOT))

    assert_is_the_spot(found, "amap")
    assert found["name"] == ""


def test_a_very_long_text_is_read_quickly(read: Callable[[str], Any]) -> None:
    assert read("1.5 " * 100_000) is None
    assert read("a." * 100_000 + "com/") is None
