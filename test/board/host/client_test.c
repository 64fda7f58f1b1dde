#include <string.h>

#include "check.h"
#include "elapsed.h"
#include "lwm2m.h"

/* A client with one object, 10: 0 is a text that is read, 1 a number that is written, 2 executed, 3 takes packages. */

static struct lwm2m client;
static uint32_t now;
static uint8_t sent[2048];
static size_t sent_length;
static unsigned sends;
static unsigned registrations;
static int64_t number;
static unsigned executions;
static uint8_t package[256];
static uint32_t package_end;
static const char *text = "hello";

static bool read(uint16_t resource, struct value *value)
{
    *value = resource == 0 ? value_text(text) : value_integer(number);
    return resource != 1 || number >= 0;
}

static uint8_t write(uint16_t resource, const struct input *input)
{
    return resource == 1 && input_integer(input, &number) ? COAP_CHANGED : COAP_BAD_REQUEST;
}

static uint8_t execute(uint16_t resource, const uint8_t *arguments, size_t length)
{
    (void)arguments;
    (void)length;
    executions++;
    return resource == 2 ? COAP_CHANGED : COAP_INTERNAL_ERROR;
}

static uint8_t begin(void)
{
    package_end = 0;
    return 0;
}

static uint8_t store(uint32_t offset, const uint8_t *data, size_t length)
{
    CHECK(offset + length <= sizeof package);
    memcpy(package + offset, data, length);
    return 0;
}

static uint8_t end(uint32_t length)
{
    package_end = length;
    return 0;
}

static const struct package_sink sink = {3, sizeof package, begin, store, end};
static const struct resource resources[] = {{0, RESOURCE_READ, false},
                                            {1, RESOURCE_READ | RESOURCE_WRITE, false},
                                            {2, RESOURCE_EXECUTE, false},
                                            {3, RESOURCE_WRITE, false},
                                            {4, RESOURCE_READ, true}};
static const struct object object = {10, "1.1", resources, 5, read, write, execute, &sink};
static const struct object *const objects[] = {&object};

static uint32_t lifetime(void)
{
    return 60;
}

static void send(const uint8_t *message, size_t length)
{
    CHECK(length <= sizeof sent);
    memcpy(sent, message, length);
    sent_length = length;
    sends++;
}

static void registered(void)
{
    registrations++;
}

static const struct lwm2m_config config = {"unit", {objects, 1}, lifetime, send, registered};

static void start(void)
{
    number = 0;
    lwm2m_init(&client, &config, 0x01020304, now);
    lwm2m_poll(&client, now);
}

static void give(const char *digits)
{
    struct cbor_bytes message = hex(digits);
    sent_length = 0;
    lwm2m_receive(&client, message.data, message.length, now);
}

static void start_registered(void)
{
    start();
    give("6441 0304 05030201 827264 0131");
    CHECK(lwm2m_is_registered(&client));
}

/* What the client answers a request with. */
#define ANSWERS(request, answer)                                                                                     \
    do {                                                                                                             \
        give(request);                                                                                               \
        CHECK_BYTES(sent, sent_length, answer);                                                                      \
    } while (0)

TEST(registration, "registers with endpoint, lifetime, version, binding and its objects")
{
    start();
    /* POST /rd?ep=unit&lt=60&lwm2m=1.1&b=U, link format. */
    CHECK_BYTES(sent, sent_length,
                "4402 0304 05030201 b27264 1128 3765703d756e6974 056c743d3630 096c776d326d3d312e31 03623d55 ff"
                "3c2f3e3b72743d226f6d612e6c776d326d223b63743d22313132203131353432222c3c2f31303e3b7665723d312e312c"
                "3c2f31302f303e");
    give("6441 0304 05030201 827264 0131");
    CHECK(lwm2m_is_registered(&client) && registrations == 1);
    now += 29999;
    lwm2m_poll(&client, now);
    CHECK_EQUAL(sends, 1);
    now += 1;
    lwm2m_poll(&client, now);
    CHECK_BYTES(sent, sent_length, "4402 0305 06030201 b27264 0131 45 6c743d3630");
    give("6444 0305 06030201");
    CHECK(lwm2m_is_registered(&client));
}

TEST(registration, "is sent again four times, each time later, and then begins anew after a pause")
{
    now = UINT32_MAX - 1000; /* over the wrap */
    start();
    static const uint32_t waits[] = {2000, 4000, 8000, 16000};
    for (size_t i = 0; i < 4; i++) {
        now += waits[i] - 1;
        lwm2m_poll(&client, now);
        CHECK_EQUAL(sends, i + 1);
        now += 1;
        lwm2m_poll(&client, now);
        CHECK_EQUAL(sends, i + 2);
        CHECK_BYTES(sent, 4, "44020304"); /* the same message */
    }
    now += 32000;
    lwm2m_poll(&client, now);
    now += 1000;
    lwm2m_poll(&client, now);
    CHECK_BYTES(sent, 4, "44020305");
}

TEST(registration, "waits for a separate response, and sends nothing meanwhile")
{
    start();
    give("60000304");
    now += 31999;
    lwm2m_poll(&client, now);
    CHECK_EQUAL(sends, 1);
    ANSWERS("44417777 05030201 827264 0131", "60007777");
    CHECK(lwm2m_is_registered(&client));
}

TEST(registration, "does not come to be by an answer to something else")
{
    static const char *const others[] = {
        "6441 0304 06030201 827264 0131",    /* another token */
        "6441 0304 05030201",                /* no location */
        "6480 0304 05030201",                /* 4.00 */
        "6444 0304 05030201 827264 0131",    /* 2.04 */
        "6441 0304 05030201 9131 827264",    /* a critical option that nobody knows */
        "7000 0304",                         /* a reset */
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        start();
        give(others[i]);
        CHECK(!lwm2m_is_registered(&client));
    }
}

TEST(registration, "keeps no location that is too long")
{
    start();
    give("6441 0304 05030201 8d3330313233343536373839303132333435363738393031323334353637383930313233343536373839303132"
         "333435363738393031323334353637383930");
    CHECK(!lwm2m_is_registered(&client));
}

TEST(registration, "begins anew at once when the server has forgotten the board")
{
    start_registered();
    lwm2m_update_registration(&client, now);
    lwm2m_poll(&client, now);
    give("6484 0305 06030201");
    CHECK(!lwm2m_is_registered(&client));
    lwm2m_poll(&client, now);
    CHECK_BYTES(sent, 11, "44020306 07030201 b27264");
}

TEST(lwm2m, "reads a resource as text, TLV and SenML")
{
    start_registered();
    ANSWERS("41010001 54 b23130 0130 0130", "61450001 54 c0 ff 68656c6c6f");
    ANSWERS("41010002 54 b23130 0130 0130 622d16", "61450002 54 c22d16 ff c500 68656c6c6f");
    ANSWERS("41010003 54 b23130 0130 0130 6170", "61450003 54 c170 ff 81a321662f31302f302f0061300365 68656c6c6f");
    ANSWERS("41010004 54 b23130 0130 0130 6132", "61860004 54");       /* JSON */
    ANSWERS("41010005 54 b23130 0130 0132", "61850005 54");            /* can't be read */
    ANSWERS("41010006 54 b23130 0131", "61840006 54");                 /* no such instance */
    ANSWERS("41010007 54", "61850007 54");                             /* the root */
    ANSWERS("41010008 54 b23130 0130 0134 0130", "61450008 54 c0 ff 30"); /* an instance of a resource */
    ANSWERS("41010009 54 b23130 0130 0134", "61450009 54 c22d16 ff 83 04 41 00 00");
    number = -1;
    ANSWERS("4101000a 54 b23130 0130 0131", "6184000a 54"); /* without a value now */
}

TEST(lwm2m, "writes text and TLV, all of it or nothing")
{
    start_registered();
    ANSWERS("40030001 b23130 0130 0131 10 ff 3432", "60440001");
    CHECK_EQUAL(number, 42);
    ANSWERS("40030002 b23130 0130 122d16 ff c1012b", "60440002");
    CHECK_EQUAL(number, 43);
    ANSWERS("40030003 b23130 0130 122d16 ff c1012cc1", "60800003"); /* cut off */
    CHECK_EQUAL(number, 43);
    ANSWERS("40030004 b23130 0130 0130 ff 78", "60850004");           /* is read only */
    ANSWERS("40030005 b23130 0130 0131 1132 ff 78", "608f0005");      /* JSON */
    ANSWERS("40030006 b23130 0130 0131 d10302 ff 3434", "60440006 d10e02"); /* a Block1 that is all */
    ANSWERS("40030007 b23130 0130 0131 d1030a ff 3434", "608d0007 d10e0a d2140400"); /* and one that is not */
}

TEST(lwm2m, "executes once, however often it is asked by the same message")
{
    start_registered();
    ANSWERS("40020001 b23130 0130 0132", "60440001");
    ANSWERS("40020001 b23130 0130 0132", "60440001");
    CHECK_EQUAL(executions, 1);
    ANSWERS("40020002 b23130 0130 0132", "60440002");
    CHECK_EQUAL(executions, 2);
    ANSWERS("40020003 b23130 0130 0130", "60850003");
}

TEST(lwm2m, "answers what it can't do, and resets what is no message")
{
    start_registered();
    ANSWERS("40040001 b23130", "60850001");          /* DELETE */
    ANSWERS("40010002 9131", "60820002");            /* an unknown critical option */
    ANSWERS("40010003 b161", "60840003");            /* no number */
    ANSWERS("40000004", "70000004");                 /* ping */
    ANSWERS("40010005 ff", "70000005");              /* malformed */
    ANSWERS("44450006 01020304", "70000006");        /* a response nobody asked for */
    ANSWERS("50010007 ff", "");                      /* malformed, and not confirmable */
    ANSWERS("80010008", "");                         /* another version of CoAP */
    ANSWERS("4001", "");
    ANSWERS("70000009", "");
}

TEST(lwm2m, "cuts a long answer as Block2 asks, and knows no block behind its end")
{
    text = "0123456789abcdefXY";
    start_registered();
    ANSWERS("40010001 b23130 0130 0130 c0", "60450001 c0 b108 ff 30313233343536373839616263646566");
    ANSWERS("40010002 b23130 0130 0130 c110", "60450002 c0 b110 ff 5859");
    ANSWERS("40010003 b23130 0130 0130 c120", "60820003");
    ANSWERS("40010004 b23130 0130 0130 c3fffff6", "60820004");
}

TEST(transfer, "takes blocks in order, each once, and asks to begin anew when one is missing")
{
    start_registered();
    ANSWERS("40030001 b23130 0130 0133 d10308 ff 30313233343536373839616263646566", "605f0001 d10e08");
    ANSWERS("40030002 b23130 0130 0133 d10308 ff 30313233343536373839616263646566", "605f0002 d10e08");
    ANSWERS("40030003 b23130 0130 0133 d10328 ff 30313233343536373839616263646566", "60880003 d10e28");
    ANSWERS("40030004 b23130 0130 0133 d10318 ff 30313233343536373839616263646566", "605f0004 d10e18");
    ANSWERS("40030005 b23130 0130 0133 d10318 ff 30313233343536373839616263646566", "605f0005 d10e18");
    ANSWERS("40030006 b23130 0130 0133 d10320 ff 78", "60440006 d10e20");
    CHECK_EQUAL(package_end, 33);
    ANSWERS("40030007 b23130 0130 0133 d10330 ff 78", "60880007 d10e30"); /* there is none under way */
}

TEST(transfer, "refuses a block of another size than it says, and a package that is too large")
{
    start_registered();
    ANSWERS("40030001 b23130 0130 0133 d10308 ff 30", "60800001 d10e08");
    ANSWERS("40030002 b23130 0130 0133 d10300 ff 3031323334353637383961626364656667", "60800002 d00e");
    /* Size1 257, of 256 there are. */
    ANSWERS("40030003 b23130 0130 0133 d10308 d2140101 ff 30313233343536373839616263646566",
            "608d0003 d10e08 d2140100");
    for (unsigned block = 0; block <= 16; block++) {
        const struct coap_message request = {
            .payload = {(const uint8_t *)"0123456789abcdef", 16},
            .block1 = {.present = true, .more = true, .szx = 0, .number = block},
        };
        CHECK_EQUAL(transfer_take(&client.transfer, &sink, &request), block < 16 ? COAP_CONTINUE : COAP_TOO_LARGE);
    }
}

TEST(observations, "notifies of a change, again until it is acknowledged, and ends with a reset")
{
    start_registered();
    ANSWERS("41010001 54 60 5 23130 0130 0130", "61450001 54 60 60 ff 68656c6c6f");
    lwm2m_changed(&client, 10, 1);
    lwm2m_poll(&client, now);
    CHECK_EQUAL(sends, 2);
    lwm2m_changed(&client, 10, 0);
    lwm2m_poll(&client, now);
    CHECK_BYTES(sent, sent_length, "41450305 54 6101 60 ff 68656c6c6f");
    text = "world";
    now += 2000;
    lwm2m_poll(&client, now);
    CHECK_BYTES(sent, sent_length, "41450306 54 6102 60 ff 776f726c64"); /* as it is by now */
    give("60000306");
    now += 100000;
    unsigned before = sends;
    lwm2m_changed(&client, 10, 0);
    lwm2m_poll(&client, now);
    give("70000308"); /* 0307 was the registration's update */
    lwm2m_changed(&client, 10, 0);
    now += 1000;
    lwm2m_poll(&client, now);
    CHECK(sends <= before + 3);
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        CHECK(!client.observations.list[i].used);
    }
}

TEST(observations, "give up on a server that is gone, and answer plainly when there is no room")
{
    start_registered();
    for (unsigned token = 0; token <= OBSERVATIONS_MAX; token++) {
        uint8_t request[] = {0x41, 0x01, 0x10, (uint8_t)token, (uint8_t)token, 0x60, 0x52, '1', '0', 1, '0', 1, '0'};
        lwm2m_receive(&client, request, sizeof request, now);
        CHECK_EQUAL(sent[5] >> 4, token < OBSERVATIONS_MAX ? 6 : 12); /* Observe, or just Content-Format */
    }
    lwm2m_changed(&client, 10, 0);
    for (unsigned i = 0; i < 6; i++) {
        observations_poll(&client.observations, &config.objects, &client.exchange,
                          &(struct buffer){.data = client.payload, .capacity = sizeof client.payload}, now);
        now += 40000;
    }
    CHECK_EQUAL(client.observations.list[0].used, false);
}

TEST(replies, "forget after EXCHANGE_LIFETIME, and keep no long ones")
{
    static struct replies replies;
    static const uint8_t message[REPLY_MAX_LENGTH + 1];
    replies_keep(&replies, 7, message, REPLY_MAX_LENGTH, UINT32_MAX - 5);
    replies_keep(&replies, 8, message, REPLY_MAX_LENGTH + 1, 0);
    CHECK(replies_find(&replies, 7, 246993) != NULL && replies_find(&replies, 7, 246994) == NULL);
    CHECK(replies_find(&replies, 8, 0) == NULL && replies_find(&replies, 0, 0) == NULL);
}

TEST(elapsed, "compares times over their wrap")
{
    CHECK(time_reached(5, 5) && time_reached(3, UINT32_MAX) && !time_reached(UINT32_MAX, 3));
}
