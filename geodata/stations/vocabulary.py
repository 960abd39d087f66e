"""The closed vocabularies of a station, with their words in both languages.

Codes are what is stored, published and used in URLs; labels are for people. The lists come from the
national union's definition of a rest station, the driver-home basics of 交办运函〔2025〕1059号 and the
registers named in docs/glossary.md. Order is display order, most asked for first.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Labelled:
    """Something with a Chinese and an English label."""

    zh: str
    en: str

    def label(self, language: str) -> str:
        """The label in ``language``: Chinese for any zh-*, else English."""
        return self.zh if language.startswith("zh") else self.en


class LabelledCode(Labelled, StrEnum):
    """A code with a Chinese and an English label."""

    # The labels have defaults only so that a look-up by code, StationKind("rest_station"), type-checks.
    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:
        """The code itself, with its labels."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        member.en = en
        return member


class StationKind(LabelledCode):
    """What sort of station it is."""

    REST_STATION = "rest_station", "户外劳动者驿站", "outdoor-worker rest station"
    DRIVER_HOME = "driver_home", "司机之家", "driver home"
    WORKER_HOME = "worker_home", "职工之家", "worker home"


class ServiceGroup(LabelledCode):
    """The shelf a service stands on."""

    BASE = "base", "基本服务", "basics"
    COMMON = "common", "常见服务", "common"
    OPTIONAL = "optional", "更多服务", "more"
    DRIVER = "driver", "司机服务", "for drivers"
    UNION = "union", "工会服务", "union services"


class Service(Labelled, StrEnum):
    """Something a station offers."""

    group: ServiceGroup

    def __new__(cls, code: str, zh: str = "", en: str = "", group: ServiceGroup = ServiceGroup.BASE) -> Self:
        """The code itself, with its labels and its shelf."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        member.en = en
        member.group = group
        return member

    REST = "rest", "休息", "rest", ServiceGroup.BASE
    WATER = "water", "饮水", "drinking water", ServiceGroup.BASE
    HEAT_MEAL = "heat_meal", "热饭", "meal heating", ServiceGroup.BASE
    CHARGE_PHONE = "charge_phone", "手机充电", "phone charging", ServiceGroup.BASE
    COOL_WARM = "cool_warm", "纳凉取暖", "cooling and warmth", ServiceGroup.BASE
    FIRST_AID = "first_aid", "应急药箱", "first-aid kit", ServiceGroup.BASE
    TOILET = "toilet", "如厕(站内)", "toilet inside", ServiceGroup.BASE
    TOILET_NEARBY = "toilet_nearby", "如厕(附近)", "toilet nearby", ServiceGroup.BASE
    READ = "read", "阅读", "reading", ServiceGroup.COMMON
    WIFI = "wifi", "无线网络", "Wi-Fi", ServiceGroup.COMMON
    RAIN_GEAR = "rain_gear", "雨具", "rain gear", ServiceGroup.COMMON
    FRIDGE = "fridge", "冰箱", "fridge", ServiceGroup.COMMON
    LOCKER = "locker", "储物柜", "lockers", ServiceGroup.COMMON
    TOOL_REPAIR = "tool_repair", "便民工具", "tools", ServiceGroup.COMMON
    TYRE_PUMP = "tyre_pump", "充气", "tyre pump", ServiceGroup.COMMON
    TV = "tv", "电视", "television", ServiceGroup.OPTIONAL
    CHARGE_EBIKE = "charge_ebike", "电动车充电", "e-bike charging", ServiceGroup.OPTIONAL
    SWAP_EBIKE = "swap_ebike", "换电", "battery swap", ServiceGroup.OPTIONAL
    CHARGE_EV = "charge_ev", "汽车充电", "car charging", ServiceGroup.OPTIONAL
    NURSING_ROOM = "nursing_room", "母婴室", "nursing room", ServiceGroup.OPTIONAL
    WHEELCHAIR = "wheelchair", "无障碍", "step-free access", ServiceGroup.OPTIONAL
    AED = "aed", "AED", "AED", ServiceGroup.OPTIONAL
    BLOOD_PRESSURE = "blood_pressure", "血压计", "blood-pressure meter", ServiceGroup.OPTIONAL
    HAIRCUT = "haircut", "理发", "haircut", ServiceGroup.OPTIONAL
    PARKING_TRUCK = "parking_truck", "货车停车", "truck parking", ServiceGroup.DRIVER
    PARKING_SECURE = "parking_secure", "车货安保", "guarded parking", ServiceGroup.DRIVER
    HOT_WATER = "hot_water", "热水", "hot water", ServiceGroup.DRIVER
    SHOWER = "shower", "淋浴", "shower", ServiceGroup.DRIVER
    LAUNDRY = "laundry", "洗衣", "laundry", ServiceGroup.DRIVER
    DRYER = "dryer", "烘干", "dryer", ServiceGroup.DRIVER
    MEAL = "meal", "餐饮", "meals", ServiceGroup.DRIVER
    SLEEP = "sleep", "住宿", "beds", ServiceGroup.DRIVER
    SHOP = "shop", "便利店", "shop", ServiceGroup.DRIVER
    VEHICLE_REPAIR = "vehicle_repair", "汽车维修", "vehicle repair", ServiceGroup.DRIVER
    LEGAL = "legal", "法律服务", "legal advice", ServiceGroup.UNION
    PSYCH = "psych", "心理咨询", "counselling", ServiceGroup.UNION
    JOIN_UNION = "join_union", "建会入会", "joining the union", ServiceGroup.UNION
    JOB = "job", "就业", "job advice", ServiceGroup.UNION
    AID = "aid", "困难帮扶", "hardship aid", ServiceGroup.UNION
    POLICY = "policy", "政策咨询", "policy advice", ServiceGroup.UNION
    VOLUNTEER = "volunteer", "志愿服务", "volunteering", ServiceGroup.UNION
    CULTURE = "culture", "文体活动", "culture and sport", ServiceGroup.UNION
    TRAINING = "training", "技能培训", "training", ServiceGroup.UNION


class ServiceState(LabelledCode):
    """Whether a service works today."""

    AVAILABLE = "available", "可用", "available"
    BROKEN = "broken", "报修中", "out of order"
    SEASONAL = "seasonal", "季节性", "seasonal"
    UNKNOWN = "unknown", "未知", "unknown"


class EntryMethod(LabelledCode):
    """How the door is opened; several can hold."""

    OPEN_DOOR = "open_door", "敞开", "open door"
    ATTENDED = "attended", "有人值守", "attended"
    QR = "qr", "扫码", "scan a QR code"
    PHONE_CODE = "phone_code", "电话/密码", "phone or door code"
    FACE = "face", "人脸识别", "face recognition"
    ID_CARD = "id_card", "身份证", "identity card"
    CARD = "card", "刷卡", "access card"
    APP = "app", "需APP", "app needed"


class BuildMode(LabelledCode):
    """Who built it."""

    SELF_BUILT = "self_built", "工会自建", "built by the union"
    CO_BUILT = "co_built", "社会共建", "built with a host"


class HostType(LabelledCode):
    """What sort of place it is in."""

    GOVERNMENT = "government", "政府机关", "government office"
    COMMUNITY = "community", "社区/党群中心", "community centre"
    BANK = "bank", "银行", "bank"
    POST = "post", "邮政", "post office"
    TELECOM = "telecom", "通信营业厅", "telecom shop"
    FUEL_STATION = "fuel_station", "加油站", "fuel station"
    ESTATE_AGENCY = "estate_agency", "房产中介", "estate agency"
    ENTERPRISE = "enterprise", "企业", "enterprise"
    TRANSIT = "transit", "公交场站", "transit stop or depot"
    PUBLIC_TOILET = "public_toilet", "公共厕所", "public toilet"
    PARK = "park", "公园", "park"
    RETAIL = "retail", "商超", "shop or mall"
    RESTAURANT = "restaurant", "餐饮店", "restaurant"
    HOSPITAL = "hospital", "医院", "hospital"
    LOGISTICS_PARK = "logistics_park", "物流园", "logistics park"
    SERVICE_AREA = "service_area", "高速服务区", "motorway service area"
    OTHER = "other", "其他", "other"


class LifeCycle(LabelledCode):
    """Where a station stands in its life."""

    PLANNED = "planned", "筹建", "planned"
    ACTIVE = "active", "启用", "active"
    TEMPORARILY_CLOSED = "temporarily_closed", "暂停", "temporarily closed"
    RENOVATING = "renovating", "提升改造", "being renovated"
    DELISTED = "delisted", "摘牌", "delisted"

    @property
    def is_public(self) -> bool:
        """Whether the public sees the station at all."""
        return self in {LifeCycle.ACTIVE, LifeCycle.TEMPORARILY_CLOSED, LifeCycle.RENOVATING}


class PositionAccuracy(LabelledCode):
    """How a position was come by."""

    SURVEYED = "surveyed", "实地测量", "surveyed"
    GEOCODED = "geocoded", "地址解析", "geocoded"
    APPROXIMATE = "approximate", "大致位置", "approximate"


class VerifiedHow(LabelledCode):
    """How a fact was last confirmed."""

    ON_SITE = "on_site", "现场核实", "on site"
    PHONE = "phone", "电话核实", "by phone"
    PUBLIC = "public", "公众反馈", "by the public"
    IMPORT = "import", "表格导入", "by an import"


class OpenState(LabelledCode):
    """What will be true at a station at some instant; status beats hours."""

    OPEN = "open", "开放", "open"
    CLOSING_SOON = "closing_soon", "即将关门", "closing soon"
    UNKNOWN = "unknown", "时间未知", "hours unknown"
    CLOSED = "closed", "未开放", "closed"
    TEMPORARILY_CLOSED = "temporarily_closed", "暂停开放", "temporarily closed"


class WorkerGroup(LabelledCode):
    """The groups of workers demand is counted by."""

    RIDERS = "riders", "外卖骑手", "delivery riders"
    COURIERS = "couriers", "快递员", "couriers"
    DRIVERS = "drivers", "货车与网约车司机", "truck and ride-hailing drivers"
    SANITATION = "sanitation", "环卫工人", "sanitation workers"
    CONSTRUCTION = "construction", "建筑工人", "construction workers"
    TRAFFIC = "traffic", "交通协管员与交警", "traffic police and wardens"


class AwardScheme(LabelledCode):
    """Grades and titles a place can hold; honours of an organisation are none."""

    STARS = "stars", "星级驿站", "star grade"
    MOST_BEAUTIFUL = "most_beautiful", "最美驿站", "most beautiful station"
    DRIVER_HOME_GRADE = "driver_home_grade", "司机之家等级", "driver-home grade"
