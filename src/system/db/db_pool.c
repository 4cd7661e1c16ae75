/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "system/db/db.h"

#include <pthread.h>

/* free_connections[0 … free_count) are not lent. */
struct db_pool {
        pthread_mutex_t lock;
        pthread_cond_t given;
        struct db **free_connections;
        size_t free_count, count;
};

static int open_all(struct db_pool *pool, const char *url, size_t connections)
{
        pool->free_connections = mem_zero(connections, sizeof(struct db *));
        if (!pool->free_connections)
                return ERR_MEMORY;
        while (pool->count < connections) {
                int err = db_open(&pool->free_connections[pool->count], url);

                if (err)
                        return err;
                pool->free_count = ++pool->count;
        }
        return 0;
}

int db_pool_new(struct db_pool **out, const char *url, size_t connections)
{
        struct db_pool *pool = mem_zero(1, sizeof(*pool));
        int err;

        if (!pool)
                return ERR_MEMORY;
        pthread_mutex_init(&pool->lock, NULL);
        pthread_cond_init(&pool->given, NULL);
        err = open_all(pool, url, connections);
        if (err) {
                db_pool_free(pool);
                return err;
        }
        *out = pool;
        return 0;
}

struct db_pool *db_pool_free(struct db_pool *pool)
{
        if (!pool)
                return NULL;
        for (size_t i = 0; i < pool->free_count; i++)
                db_close(pool->free_connections[i]);
        mem_free(pool->free_connections);
        pthread_cond_destroy(&pool->given);
        pthread_mutex_destroy(&pool->lock);
        mem_free(pool);
        return NULL;
}

struct db *db_pool_take(struct db_pool *pool)
{
        struct db *db;

        pthread_mutex_lock(&pool->lock);
        while (pool->free_count == 0)
                pthread_cond_wait(&pool->given, &pool->lock);
        db = pool->free_connections[--pool->free_count];
        pthread_mutex_unlock(&pool->lock);
        return db;
}

void db_pool_give(struct db_pool *pool, struct db *db)
{
        db_rollback(db);
        pthread_mutex_lock(&pool->lock);
        pool->free_connections[pool->free_count++] = db;
        pthread_cond_signal(&pool->given);
        pthread_mutex_unlock(&pool->lock);
}
