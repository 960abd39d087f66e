"""What people write for the codes of a station's vocabularies.

Every vocabulary understands its codes and its labels in both languages; the lists here add what rosters
really say. Where one word could mean two codes the choice is written beside it.
"""

from __future__ import annotations

from typing import Final

from geodata.files.lexicon import Lexicon
from geodata.stations.vocabulary import (
    AwardScheme,
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
    VerifiedHow,
)

SERVICE_WORDS: Final = Lexicon.of(
    Service,
    {
        Service.REST: "歇脚 休息区 休息室 休憩 座椅 桌椅 沙发 休息座椅 桌椅板凳 seating",
        Service.WATER: "饮水机 饮用水 喝水 直饮水 直饮机 开水 茶水 饮水设备 净水器 纯净水 water_dispenser",
        # 热水 stays hot_water, the driver homes' word for hot water to wash with
        Service.HEAT_MEAL: "微波炉 加热饭菜 热饭加热 餐食加热 饭菜加热 热餐 加热 热饭菜 microwave",
        # 充电 alone is a phone's: every station has sockets, few have chargers for vehicles
        Service.CHARGE_PHONE: (
            "充电 手机充电站 充电插座 充电宝 充电线 手机充电器 充电设备 共享充电宝 多功能充电器 插座 phone_charging"
        ),
        Service.COOL_WARM: (
            "空调 纳凉 取暖 避暑 冷暖空调 暖气 电风扇 风扇 避暑取暖 防暑降温 避寒 驱寒 取暖设备 乘凉 air_conditioning"
        ),
        Service.FIRST_AID: "药箱 医药箱 急救箱 急救包 应急药品 常用药品 药品 小药箱 防暑药品 急救药箱 急救 医药包",
        # 厕所 alone is inside: a roster lists what a station has
        Service.TOILET: "卫生间 厕所 洗手间 如厕 站内厕所 公厕 公共厕所 内部卫生间 wc restroom toilet",
        Service.TOILET_NEARBY: (
            "附近厕所 附近公厕 附近卫生间 周边厕所 附近有厕所 临近公厕 周边公厕 旁边公厕 附近公共厕所"
        ),
        Service.READ: "图书 书籍 看书 书报 书架 图书角 报刊 读书 读书阅览 阅览 书吧 图书报刊 学习 reading_corner",
        Service.WIFI: "wifi wi-fi 无线 无线网 免费wifi 上网 网络 无线wifi wlan",
        Service.RAIN_GEAR: "雨伞 雨衣 避雨 爱心雨伞 便民雨伞 遮雨 umbrella",
        Service.FRIDGE: "冰柜 冷藏 冷饮柜 小冰箱 refrigerator",
        Service.LOCKER: "存包柜 寄存柜 置物柜 寄存 物品寄存 存放柜 更衣柜 储物 存物柜 储物箱",
        Service.TOOL_REPAIR: "工具箱 维修工具 修理工具 便民工具箱 五金工具 应急工具 针线包 toolbox",
        Service.TYRE_PUMP: "打气筒 打气 充气泵 充气筒 轮胎充气 充气泵打气",
        Service.TV: "电视机 television",
        Service.CHARGE_EBIKE: "电动车充电桩 电瓶车充电 电单车充电 电动自行车充电 电动车充电设施 充电桩(电动车)",
        Service.SWAP_EBIKE: "换电柜 电池更换 换电池 电瓶更换 换电服务",
        Service.CHARGE_EV: "汽车充电桩 新能源充电 新能源汽车充电 充电桩 电动汽车充电",
        Service.NURSING_ROOM: "母婴间 哺乳室 妈咪小屋 爱心母婴室 哺乳",
        Service.WHEELCHAIR: "无障碍设施 无障碍通道 轮椅 轮椅通道 无障碍坡道",
        Service.AED: "除颤仪 自动体外除颤器 aed设备",
        Service.BLOOD_PRESSURE: "血压仪 量血压 血压测量 测血压 血压 电子血压计",
        Service.HAIRCUT: "剪发 义务理发 爱心理发",
        Service.PARKING_TRUCK: "停车 停车休息 停车场 停车位 货车停放 大车停车",
        Service.PARKING_SECURE: "车辆安保 停车安保 货物看管 安保",
        Service.HOT_WATER: "热水供应 洗漱热水 热水器",
        Service.SHOWER: "洗澡 沐浴 浴室 淋浴间 淋浴室 洗浴",
        Service.LAUNDRY: "洗衣机 洗衣服 洗衣房 自助洗衣",
        Service.DRYER: "烘干机 衣物烘干 干衣机",
        Service.MEAL: "就餐 用餐 食堂 早餐 快餐 餐食 爱心餐 供餐 午餐 餐厅",
        Service.SLEEP: "床位 午休床 宿舍 住宿休息 过夜",
        Service.SHOP: "小卖部 超市 购物 商店 售货机 自动售货机",
        Service.VEHICLE_REPAIR: "修车 车辆维修 维修 车辆保养 车辆检修",
        Service.LEGAL: "法律咨询 法律援助 维权 维权服务 法律",
        Service.PSYCH: "心理辅导 心理疏导 心理服务 心理健康 心理",
        Service.JOIN_UNION: "入会 建会 工会入会 扫码入会 入会服务",
        Service.JOB: "就业服务 就业咨询 就业指导 招聘 求职 就业信息",
        Service.AID: "帮扶 帮扶救助 困难救助 救助 困难职工帮扶 送温暖",
        Service.POLICY: "政策 政策宣传 政策解读 政策宣讲",
        Service.VOLUNTEER: "志愿 志愿者 志愿者服务",
        Service.CULTURE: "文体 文化活动 文娱活动 健身 健身器材 文化娱乐 体育活动",
        Service.TRAINING: "培训 技能提升 职业培训 培训室",
    },
)

KIND_WORDS: Final = Lexicon.of(
    StationKind,
    {
        StationKind.REST_STATION: (
            "驿站 工会驿站 爱心驿站 户外驿站 户外劳动者服务站 户外劳动者服务站点 户外劳动者之家 户外劳动者爱心驿站 "
            "户外劳动者工会驿站 服务站 服务站点 劳动者港湾 爱心港湾 暖蜂驿站 骑手驿站 小哥驿站 小哥之家 快递驿站 "
            "环卫驿站 暖心驿站 劳动者驿站 户外职工爱心驿站 职工驿站 rest_stop"
        ),
        StationKind.DRIVER_HOME: "司机驿站 货车司机之家 卡车司机之家 网约车司机之家 卡友之家 司机",
        StationKind.WORKER_HOME: "工人之家 员工之家 区域性职工之家 工人文化宫 职工活动中心 职工服务中心 职工",
    },
)

LIFE_CYCLE_WORDS: Final = Lexicon.of(
    LifeCycle,
    {
        LifeCycle.PLANNED: "规划 规划中 拟建 在建 建设中 筹建中 待建 待启用 未启用 未开放 未建成 计划",
        LifeCycle.ACTIVE: (
            "正常 开放 正常开放 运营 运行 运行中 运营中 使用 使用中 在用 正常使用 正常运行 正常运营 已启用 已建成 "
            "开放中 营业 营业中 有效 open normal in_use enabled"
        ),
        # 停用 and 关闭 may come back; a station that is gone for good is 摘牌, 撤销, 拆除
        LifeCycle.TEMPORARILY_CLOSED: (
            "暂停开放 暂停使用 停用 暂停服务 临时关闭 暂时关闭 关闭 停业 暂停运营 未使用 已停用 已关闭 暂闭 停运 "
            "closed suspended paused"
        ),
        LifeCycle.RENOVATING: "改造 改造中 装修 装修中 升级改造 维修中 提升改造中 修缮 整修 整改 提升 renovation",
        LifeCycle.DELISTED: "撤销 拆除 已拆除 取消 注销 撤站 已撤销 撤并 已摘牌 废弃 作废 永久关闭 已取消 removed",
    },
)

ENTRY_METHOD_WORDS: Final = Lexicon.of(
    EntryMethod,
    {
        EntryMethod.OPEN_DOOR: "敞开式 开放式 开放 直接进入 自由进入 无门禁 推门 推门即入 自由出入 免费进入 随时进入",
        EntryMethod.ATTENDED: "值守 专人值守 有人看管 专人 人工 人工值守 工作人员 有值守",
        EntryMethod.QR: "扫码进入 二维码 扫码开门 扫二维码 微信扫码 扫码入站",
        EntryMethod.PHONE_CODE: "密码 电话 密码锁 密码门 电话联系 打电话 电话开门 输密码 密码开门",
        EntryMethod.FACE: "人脸 刷脸 人脸识别门禁 刷脸进入",
        EntryMethod.ID_CARD: "刷身份证 身份证开门 身份证识别",
        EntryMethod.CARD: "门禁卡 门卡 ic卡 刷卡进入 一卡通 工会卡",
        EntryMethod.APP: "app app开门 手机app 小程序 小程序开门",
    },
)

BUILD_MODE_WORDS: Final = Lexicon.of(
    BuildMode,
    {
        BuildMode.SELF_BUILT: "自建 自建自管 工会建设 独立建设 工会独建 自建型 self",
        BuildMode.CO_BUILT: "共建 共建共享 合建 联建 社会共建型 共建型 联合共建 合作共建 共享型 依托共建 joint",
    },
)

HOST_TYPE_WORDS: Final = Lexicon.of(
    HostType,
    {
        HostType.GOVERNMENT: (
            "政府 机关 机关单位 政务 政务大厅 政务服务中心 街道办事处 办事处 行政机关 机关事业单位 事业单位"
        ),
        HostType.COMMUNITY: (
            "社区 党群 党群服务中心 社区服务中心 党群中心 社区居委会 居委会 村委会 村居 社区(村) 社区党群服务中心"
        ),
        HostType.BANK: "银行网点 金融网点 银行营业厅 金融",
        HostType.POST: "邮政网点 邮局 邮政营业厅 邮政储蓄",
        HostType.TELECOM: "通信 营业厅 通信网点 移动营业厅 电信营业厅 联通营业厅 运营商 通讯",
        HostType.FUEL_STATION: "加油 加油加气站 石油 加气站 中石油 中石化",
        HostType.ESTATE_AGENCY: "房产 房屋中介 房产门店 中介 地产中介 房产经纪",
        HostType.ENTERPRISE: "公司 企业单位 工厂 园区企业 国企 民企 厂区",
        HostType.TRANSIT: "公交 公交站 车站 客运站 地铁站 公交总站 公交枢纽 场站 火车站",
        HostType.PUBLIC_TOILET: "公厕 环卫公厕 厕所 公共卫生间",
        HostType.PARK: "广场 绿地 游园 景区 公园广场",
        HostType.RETAIL: "超市 商场 商店 便利店 药店 药房 商铺 商户 商业综合体 门店 购物中心 爱心商家",
        HostType.RESTAURANT: "餐厅 餐馆 餐饮 饭店 快餐店 咖啡店",
        HostType.HOSPITAL: "卫生院 诊所 医疗机构 卫生服务中心 社区医院",
        HostType.LOGISTICS_PARK: "物流 物流园区 货运 快递网点 货运场站 快递",
        HostType.SERVICE_AREA: "服务区 高速 停车区 高速公路服务区",
        HostType.OTHER: "其它",
    },
)

SERVICE_STATE_WORDS: Final = Lexicon.of(
    ServiceState,
    {
        ServiceState.BROKEN: "报修 损坏 坏 故障 维修中 已坏 停用",
        ServiceState.SEASONAL: "季节 仅夏季 仅冬季 夏季 冬季 季节性开放",
    },
)

ACCURACY_WORDS: Final = Lexicon.of(
    PositionAccuracy,
    {
        PositionAccuracy.SURVEYED: "实测 现场测量 精确 准确",
        PositionAccuracy.GEOCODED: "地址匹配 地理编码",
        PositionAccuracy.APPROXIMATE: "大致 大概 估计 粗略 约",
    },
)

AWARD_WORDS: Final = Lexicon.of(
    AwardScheme,
    {
        AwardScheme.STARS: "星级 星级评定 星级站点 star stars_grade",
        AwardScheme.MOST_BEAUTIFUL: "最美 最美户外劳动者驿站 最美工会驿站 最美户外劳动者服务站点",
        AwardScheme.DRIVER_HOME_GRADE: "司机之家等级评定 司机之家级别",
    },
)

VERIFIED_HOW_WORDS: Final = Lexicon.of(
    VerifiedHow,
    {
        VerifiedHow.ON_SITE: "现场 实地 实地核实 上门",
        VerifiedHow.PHONE: "电话 致电",
        VerifiedHow.PUBLIC: "群众反馈 公众",
        VerifiedHow.IMPORT: "表格 导入",
    },
)
