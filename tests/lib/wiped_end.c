/* Loaded after the driver, so that it ends after it: then the allocator of wiped.c reports what is
   still there. */
extern void wiped_report(void);

__attribute__((destructor)) static void end(void)
{
    wiped_report();
}
